/**
 * npm run bench [-- SCENARIO...] [--reps N]: runs each scenario and, where ns-3 is installed, its ns-3 counterpart, turn
 * by turn, and prints the best rates of both and their ratio. Single figures drift with the machine; ratios of one
 * run say something. Scenarios: chain lan queue idle tour.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const words = process.argv.slice(2);
const repsAt = words.indexOf("--reps");
const reps = repsAt < 0 ? 3 : Number(words[repsAt + 1]);
const chosen = words.filter((word, i) => !word.startsWith("--") && i - 1 !== repsAt);

/** An optimised build of the newest ns-3 is about this much faster than Debian's, which has logging compiled in. */
const OPTIMISED = 1.7;

const rate = (answer) => answer.rate;
const SCENARIOS = [
  {
    name: "chain",
    label: "chain of 8 routers, 64 B",
    unit: "packet-hops/s",
    args: ["size=64"],
    ns3: ["chain", "routers=8", "size=64", "n=100000"],
  },
  {
    name: "chain",
    label: "chain of 8 routers, 1024 B",
    unit: "packet-hops/s",
    args: ["size=1024"],
    ns3: ["chain", "routers=8", "size=1024", "n=100000"],
  },
  {
    name: "lan",
    label: "64 hosts on a switch, 64 B",
    unit: "forwards/s",
    args: ["size=64"],
    ns3: ["lan", "hosts=64", "size=64", "n=100000"],
  },
  {
    name: "lan",
    label: "64 hosts on a switch, 1024 B",
    unit: "forwards/s",
    args: ["size=1024"],
    ns3: ["lan", "hosts=64", "size=1024", "n=100000", "real=1", "csum=1"],
  },
  {
    name: "queue",
    label: "event queue, 1 k pending",
    unit: "events/s",
    args: ["pending=1000"],
    ns3: ["sched", "sched=Heap", "pending=1000", "n=3000000"],
  },
  {
    name: "queue",
    label: "event queue, 100 k pending",
    unit: "events/s",
    args: ["pending=100000"],
    ns3: ["sched", "sched=Heap", "pending=100000", "n=3000000"],
  },
];

const out = ns3Programs();
process.stdout.write(
  `${"".padEnd(31)}${"netcosm".padStart(10)}${"ns-3".padStart(10)}${"ratio".padStart(8)}${"optimised".padStart(11)}\n`,
);
for (const scenario of SCENARIOS) if (wanted(scenario.name)) compare(scenario);
if (wanted("idle")) idle();
if (wanted("tour")) tour();

function wanted(name) {
  return chosen.length === 0 || chosen.includes(name);
}

function compare({ name, label, unit, args, ns3 }) {
  let ours = 0;
  let theirs = 0;
  for (let i = 0; i < reps; i++) {
    ours = Math.max(ours, rate(node(name, args)));
    if (out !== null)
      theirs = Math.max(
        theirs,
        rate(JSON.parse(execFileSync(`${out}/${ns3[0]}`, ns3.slice(1), { encoding: "utf8" }))),
      );
  }
  row(label, short(ours), theirs === 0 ? "-" : short(theirs), theirs === 0 ? 0 : ours / theirs, unit);
}

function idle() {
  const ours = Array.from({ length: reps }, () => node("idle", ["hosts=10000"], ["--expose-gc"]));
  const theirs =
    out === null
      ? []
      : Array.from({ length: reps }, () =>
          JSON.parse(execFileSync(`${out}/idle`, ["hosts=10000"], { encoding: "utf8" })),
        );
  const least = (list, key) => (list.length === 0 ? 0 : Math.min(...list.map((each) => each[key])));
  for (const [key, label] of [
    ["kib_per_host", "idle host, KiB"],
    ["us_per_host", "idle host, us of CPU"],
  ]) {
    const [a, b] = [least(ours, key), least(theirs, key)];
    row(label, a.toFixed(1), b === 0 ? "-" : b.toFixed(1), b / a, "less is better");
  }
}

/** The whole program, from its start to the verdict. */
function tour() {
  const walls = Array.from({ length: reps + 2 }, () => {
    const began = performance.now();
    const { status } = spawnSync(process.execPath, [
      `${here}../dist/cli/main.js`,
      "run",
      `${here}../labs/tour.lab.yaml`,
      "--quiet",
    ]);
    if (status !== 0) throw new Error("the tour lab failed");
    return performance.now() - began;
  });
  row("netcosm run labs/tour, ms", Math.min(...walls).toFixed(0), "-", 0, "wall, with start");
}

function row(label, ours, theirs, ratio, unit) {
  const ratios =
    ratio === 0
      ? ["-", "-"]
      : [`${ratio.toFixed(1)} x`, unit === "less is better" ? "" : `${(ratio / OPTIMISED).toFixed(1)} x`];
  process.stdout.write(
    `${label.padEnd(31)}${ours.padStart(10)}${theirs.padStart(10)}${ratios[0].padStart(8)}${ratios[1].padStart(11)}  ${unit}\n`,
  );
}

function node(name, args, flags = []) {
  return JSON.parse(
    execFileSync(process.execPath, [...flags, `${here}scenarios/${name}.mjs`, ...args], { encoding: "utf8" }),
  );
}

function short(value) {
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : `${(value / 1e3).toFixed(0)} k`;
}

/** Where the ns-3 programs are, built if need be; null without ns-3. */
function ns3Programs() {
  if (!existsSync("/usr/include/ns3.37/ns3") && !existsSync("/usr/include/ns3")) {
    process.stdout.write(
      "ns-3 is not installed (apt-get install libns3-dev g++): its figures are left out\n",
    );
    return null;
  }
  return execFileSync("bash", [`${here}ns3/build.sh`], { encoding: "utf8" })
    .trim()
    .split("\n")
    .at(-1);
}
