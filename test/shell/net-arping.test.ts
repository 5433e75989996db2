import { describe, expect, it } from "vitest";
import { formatMac, toHex } from "../../src/core/index.js";
import { type Host, PacketSocket } from "../../src/host/index.js";
import { address } from "../host/network.js";
import { field, type } from "./field.js";

const macOf = (host: Host): string => formatMac(host.stack.device("eth0")!.mac);

describe("arping(8)", () => {
  it("asks everybody once, and then whom answered", () => {
    const { pc1, pc3 } = field();
    const reply = `Unicast reply from 10.0.1.2 [${macOf(pc3).toUpperCase()}]  0.004ms\n`;
    expect(type(pc1, "arping -c 3 10.0.1.2")).toEqual({
      stdout: `ARPING 10.0.1.2 from 10.0.1.1 eth0\n${reply.repeat(3)}Sent 3 probes (1 broadcast(s))\nReceived 3 response(s)\n`,
      stderr: "",
      status: 0,
    });
    expect(type(pc1, "arping -b -c 2 10.0.1.2").stdout).toContain("Sent 2 probes (2 broadcast(s))\n");
    expect(type(pc1, "arping -f 10.0.1.2").stdout).toContain(
      "Sent 1 probes (1 broadcast(s))\nReceived 1 response(s)\n",
    );
  });

  it("fails if nobody has the address", () => {
    const { pc1 } = field();
    const { stdout, status } = type(pc1, "arping -c 2 10.0.1.77");
    expect(stdout).toBe(
      "ARPING 10.0.1.77 from 10.0.1.1 eth0\nSent 2 probes (2 broadcast(s))\nReceived 0 response(s)\n",
    );
    expect(status).toBe(1);
    expect(type(pc1, "arping -w 2 10.0.1.77").stdout).toContain("Sent 3 probes (3 broadcast(s))\n");
    expect(type(pc1, "arping -q -c 1 10.0.1.77")).toEqual({ stdout: "", stderr: "", status: 1 });
  });

  it("RFC 5227 §2.1: detects with -D that an address is in use, asking from 0.0.0.0", () => {
    const { pc1 } = field();
    const used = type(pc1, "arping -I eth0 -D -c 2 10.0.1.2");
    expect(used.stdout).toMatch(
      /^ARPING 10\.0\.1\.2 from 0\.0\.0\.0 eth0\nUnicast reply from 10\.0\.1\.2 \[/,
    );
    expect(used.stdout).toContain("Sent 1 probes (1 broadcast(s))\nReceived 1 response(s)\n");
    expect(used.status).toBe(1);
    expect(type(pc1, "arping -I eth0 -D -c 2 10.0.1.77").status).toBe(0);
  });

  it("hears both of two stations with one address", () => {
    const { pc1, pc3, r1 } = field();
    address(r1, "eth0", "10.0.1.2/24");
    const { stdout, status } = type(pc1, "arping -c 1 10.0.1.2");
    for (const host of [pc3, r1]) expect(stdout).toContain(`[${macOf(host).toUpperCase()}]`);
    expect(stdout).toContain("Received 2 response(s)\n");
    expect(status).toBe(1);
  });

  it("RFC 5227 §2.3: announces with -U by request and with -A by reply", () => {
    const { pc1, pc3 } = field();
    const heard: string[] = [];
    const socket = new PacketSocket(pc3.stack, { dev: pc3.stack.device("eth0")!, etherType: 0x0806 });
    socket.onPacket = ({ bytes }) => heard.push(toHex(bytes, 14, 42));
    expect(type(pc1, "arping -I eth0 -U -c 1 10.0.1.1").status).toBe(0);
    expect(type(pc1, "arping -I eth0 -A -c 1 10.0.1.1").status).toBe(0);
    const mac = macOf(pc1).replaceAll(":", "");
    expect(heard).toEqual([
      `0001080006040001${mac}0a000101${"ff".repeat(6)}0a000101`,
      `0001080006040002${mac}0a000101${mac}0a000101`,
    ]);
  });

  it("says what stands in its way", () => {
    const { pc1, pc3 } = field();
    const says = (line: string, on = pc1) => {
      const { stdout, stderr, status } = type(on, line);
      return [(stdout + stderr).split("\n")[0], status];
    };
    expect(says("arping -I eth9 10.0.1.2")).toEqual(["arping: Device eth9 not available.", 2]);
    expect(says("arping -I lo 10.0.1.2")).toEqual(['Interface "lo" is not ARPable', 2]);
    expect(says("arping -I eth0 -U 10.0.1.9")).toEqual(["arping: bind: Cannot assign requested address", 2]);
    expect(says("arping 10.9.9.9", pc3)[1]).toBe(2);
    expect(says("arping -c x 10.0.1.2")).toEqual(["arping: invalid argument: 'x'", 1]);
    expect(says("arping -Z")).toEqual(["arping: invalid option -- 'Z'", 2]);
    pc3.stack.device("eth0")!.setUp(false);
    expect(says("arping -I eth0 10.0.1.1", pc3)).toEqual(['Interface "eth0" is down', 2]);
  });
});
