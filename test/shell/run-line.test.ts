import { describe, expect, it } from "vitest";
import { SECOND } from "../../src/core/index.js";
import { Hub, Switch } from "../../src/device/index.js";
import { Host } from "../../src/host/index.js";
import { World } from "../../src/link/index.js";
import { runCommand, runOnNode, runOnSwitch } from "../../src/shell/index.js";

function typed(line: string): { stdout: string; stderr: string; status: number | null } {
  const world = new World();
  const process = runCommand(new Host(world, "pc1"), line);
  world.engine.run(100 * SECOND);
  const { stdout, stderr, status } = process;
  return { stdout, stderr, status };
}

describe("the line that is typed", () => {
  it("splits words at blanks, and joins quoted and escaped parts", () => {
    expect(typed(`echo a  'b  c' "d \\"e\\"" f\\ g h"i"'j'`).stdout).toBe(`a b  c d "e" f g hij\n`);
  });

  it("runs lists by outcome", () => {
    expect(typed("false && echo a || echo b; true && echo c").stdout).toBe("b\nc\n");
    expect(typed("false; true").status).toBe(0);
    expect(typed("true; false").status).toBe(1);
    expect(typed("echo a # echo b").stdout).toBe("a\n");
    expect(typed("echo a\n\necho b").stdout).toBe("a\nb\n");
  });

  it("says what is wrong as bash does", () => {
    expect(typed("echo |").stderr).toBe("bash: syntax error: unexpected end of file\n");
    expect(typed("| echo").stderr).toBe("bash: syntax error near unexpected token `|'\n");
    expect(typed("echo a && && echo b").stderr).toBe("bash: syntax error near unexpected token `&&'\n");
    expect(typed("echo 'a").stderr).toBe("bash: unexpected EOF while looking for matching `''\n");
    expect(typed("echo 'a").status).toBe(2);
  });

  it("names the nearest word for a command that it does not know", () => {
    expect(typed("slep 1")).toEqual({
      stdout: "",
      stderr: "bash: slep: command not found\nDid you mean sleep?\n",
      status: 127,
    });
  });

  it("takes virtual time for a list, and none for a background command", () => {
    const world = new World();
    const host = new Host(world, "pc1");
    const list = runCommand(host, "sleep 2; sleep 3 && echo done");
    const background = runCommand(host, "sleep 9 & echo at once");
    expect(background.status).toBe(0);
    expect(background.stdout).toBe("at once\n");
    expect(runCommand(host, "ps").stdout).toContain("sleep 9");
    world.engine.run(5 * SECOND);
    expect(list.stdout).toBe("done\n");
    expect(list.ended).toBe(5 * SECOND);
  });

  it("hands an interrupt on to the command that runs", () => {
    const world = new World();
    const list = runCommand(new Host(world, "pc1"), "sleep 100; echo after");
    list.kill("SIGINT");
    world.engine.run(SECOND);
    expect(list.status).toBe(130);
    expect(list.stdout).toBe("");
  });

  it("redirects to nowhere, and refuses files", () => {
    expect(typed("echo a >/dev/null; echo b 1>/dev/null").stdout).toBe("");
    expect(typed("nothing 2>/dev/null").stderr).toBe("");
    expect(typed("nothing 2>&1 | grep -c found").stdout).toBe("1\n");
    expect(typed("echo a > file").stderr).toContain("no files here");
  });
});

describe("text filters", () => {
  const lines = `echo 'b 2\nc 10\na 1\na 1'`;

  it("grep keeps, counts and inverts", () => {
    expect(typed(`${lines} | grep a`).stdout).toBe("a 1\na 1\n");
    expect(typed(`${lines} | grep -vc a`).stdout).toBe("2\n");
    expect(typed(`${lines} | grep -E 'b|c'`).stdout).toBe("b 2\nc 10\n");
    expect(typed(`${lines} | grep 'b\\|c'`).stdout).toBe("b 2\nc 10\n");
    expect(typed(`${lines} | grep -i B`).stdout).toBe("b 2\n");
    expect(typed(`${lines} | grep x`).status).toBe(1);
  });

  it("sort, uniq, head, tail and wc work in a row", () => {
    expect(typed(`${lines} | sort | uniq -c`).stdout).toBe("      2 a 1\n      1 b 2\n      1 c 10\n");
    expect(typed(`${lines} | head -n 2 | tail -1`).stdout).toBe("c 10\n");
    expect(typed(`${lines} | sort -r | head -1`).stdout).toBe("c 10\n");
    expect(typed(`${lines} | wc -l`).stdout).toBe("4\n");
    expect(typed(`${lines} | wc`).stdout).toBe("      4       8      17\n");
  });

  it("say what they cannot do", () => {
    expect(typed("echo a | sleep").stderr).toContain("sleep: reads no pipe here");
    expect(typed("echo a | head -x").stderr).toBe("head: invalid number of lines: 'x'\n");
  });
});

describe("machines", () => {
  it("a switch has a console of its own, a hub has none", () => {
    const world = new World();
    const bridge = new Switch(world, "sw1");
    expect(runOnSwitch(bridge, "echo a | grep a").stdout).toBe("a\n");
    expect(runOnSwitch(bridge, "ifconfig").status).toBe(127);
    expect(runOnNode(bridge, "true")?.status).toBe(0);
    expect(runOnNode(new Hub(world, "hub1"), "true")).toBeUndefined();
  });

  it("help tells every command in two languages", () => {
    const english = typed("help").stdout.split("\n");
    const chinese = typed("help zh").stdout.split("\n");
    expect(english.length).toBe(chinese.length);
    expect(english.join("\n")).toMatch(/^true +Succeeds\.$/m);
    expect(chinese.join("\n")).toMatch(/^true +返回成功。$/m);
  });

  it("kill ends a process", () => {
    const world = new World();
    const host = new Host(world, "pc1");
    const sleeper = runCommand(host, "sleep 100");
    expect(runCommand(host, `kill ${sleeper.pid}`).status).toBe(0);
    expect(sleeper.status).toBe(143);
    expect(runCommand(host, "kill 99").stderr).toBe("bash: kill: (99) - No such process\n");
  });
});
