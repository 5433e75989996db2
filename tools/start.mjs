/** npm start: sets up a fresh clone, then runs the tour lab and tells what happened. Arguments go to `netcosm run`. */
import { become, setUp } from "./stages.mjs";

setUp({ build: true });
become(["dist/cli/main.js", "run", "labs/tour.lab.yaml", ...process.argv.slice(2)]);
