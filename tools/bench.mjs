/** npm run bench: sets up a fresh clone, then measures. Arguments choose what; see bench/. */
import { become, setUp } from "./stages.mjs";

setUp({ build: true });
become(["bench/main.mjs", ...process.argv.slice(2)]);
