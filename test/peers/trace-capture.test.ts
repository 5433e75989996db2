/** Capture files against Wireshark's programs: what we write they read, and what they write we read. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { crc32, toHex } from "../../src/core/index.js";
import { PcapngWriter, readCapture } from "../../src/trace/index.js";
import { sampleFrames } from "../trace/sample-frames.js";
import { describeWithPeers, runWell, scratchFolder } from "./peer.js";

describeWithPeers(
  ["tshark", "capinfos", "editcap", "mergecap"],
  "pcapng, judged by Wireshark's programs",
  () => {
    const folder = scratchFolder();
    const file = `${folder.path}/ours.pcapng`;
    const frames = sampleFrames();
    /** More than 2^32 ns, an odd number, and not the same distance between any two. */
    const timeOf = (number: number): number => 5_000_000_001 + number * number * 1_000_003;
    afterAll(() => folder.remove());

    beforeAll(() => {
      const chunks: Uint8Array[] = [];
      const writer = new PcapngWriter((chunk) => chunks.push(chunk));
      writer.addInterface({ name: "pc1:eth0", description: "pc1:eth0 to sw1:1", bitsPerSecond: 1e9 });
      writer.addInterface({ name: "r1:eth1", fcs: true });
      frames.forEach((bytes, number) => {
        const fcs = number % 4 === 3 ? crc32(bytes) ^ 1 : crc32(bytes);
        const direction = number % 2 === 0 ? "outbound" : "inbound";
        const comments = number === 2 ? ["first comment", "second: grüße"] : [];
        writer.packet(number % 2, timeOf(number), bytes, 0, bytes.length, { fcs, direction, comments });
      });
      writer.end();
      writeFileSync(file, Buffer.concat(chunks));
    });

    function fields(path: string, ...names: string[]): string[][] {
      const args = ["-r", path, "-T", "fields", ...names.flatMap((name) => ["-e", name])];
      return runWell("tshark", ["-o", "eth.check_fcs:TRUE", ...args])
        .split("\n")
        .slice(0, -1)
        .map((line) => line.split("\t"));
    }

    it("is a complete file with two interfaces for capinfos", () => {
      const report = runWell("capinfos", [file]);
      expect(report).toMatch(/File type: +Wireshark\/\.\.\. - pcapng/);
      expect(report).toMatch(new RegExp(`Number of packets: +${frames.length}\n`));
      expect(report).toMatch(/Capture application: +netcosm/);
      expect(report).toMatch(/File timestamp precision: +nanoseconds/);
      expect(report).toMatch(
        /Name = pc1:eth0[\s\S]*Description = pc1:eth0 to sw1:1[\s\S]*Speed = 1000000000/,
      );
      expect(report).toMatch(
        new RegExp(`Number of stat entries = 1[\\s\\S]*Number of packets = ${(frames.length / 2) | 0}\n`),
      );
    });

    it("gives tshark every time to the nanosecond, interface, direction and size", () => {
      const seen = fields(
        file,
        "frame.time_epoch",
        "frame.interface_name",
        "frame.packet_flags_direction",
        "frame.len",
      );
      expect(seen).toEqual(
        frames.map((bytes, number) => {
          const digits = String(timeOf(number)).padStart(10, "0");
          const time = `${digits.slice(0, -9)}.${digits.slice(-9)}`;
          const odd = number % 2 === 1;
          return [
            time,
            odd ? "r1:eth1" : "pc1:eth0",
            odd ? "0x00000001" : "0x00000002",
            String(bytes.length + (odd ? 4 : 0)),
          ];
        }),
      );
    });

    it("lets tshark tell the good checksums from the bad", () => {
      const status = fields(file, "eth.fcs.status").map(([value]) => value);
      frames.forEach((bytes, number) => {
        // tshark judges the FCS of Ethernet II frames only where it knows where they end.
        if (number % 2 === 1 && bytes[12] === 8)
          expect([number, status[number]]).toEqual([number, number % 4 === 3 ? "0" : "1"]);
      });
    });

    it("shows every comment", () => {
      expect(fields(file, "frame.comment")[2]).toEqual(["first comment,second: grüße"]);
    });

    it.each(["pcapng", "pcap", "nsecpcap"])("reads what editcap makes of it as %s", (format) => {
      const theirs = `${folder.path}/theirs.${format}`;
      // Classic pcap cannot hold two interfaces of different kinds of packet, but these are both Ethernet.
      runWell("editcap", ["-F", format, file, theirs]);
      const capture = readCapture(readFileSync(theirs));
      expect(capture.faults).toEqual([]);
      expect(capture.packets).toHaveLength(frames.length);
      capture.packets.forEach((packet, number) => {
        const time = format === "pcap" ? timeOf(number) - (timeOf(number) % 1000) : timeOf(number);
        expect(packet.time).toBe(time);
        expect(toHex(packet.bytes).startsWith(toHex(frames[number]!))).toBe(true);
      });
    });

    it("reads two captures that mergecap put into one", () => {
      const merged = `${folder.path}/merged.pcapng`;
      runWell("mergecap", ["-w", merged, file, file]);
      const capture = readCapture(readFileSync(merged));
      expect(capture.faults).toEqual([]);
      expect(capture.packets).toHaveLength(2 * frames.length);
      expect(new Set(capture.packets.map((packet) => packet.interfaceName))).toEqual(
        new Set(["pc1:eth0", "r1:eth1"]),
      );
    });
  },
);
