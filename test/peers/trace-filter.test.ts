/** The capture filter against the real one: libpcap's compiler and machine, through tcpdump. */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileFilter, FilterError, PcapngWriter } from "../../src/trace/index.js";
import { brokenFrames, sampleFrames } from "../trace/sample-frames.js";
import { describeWithPeers, run, runWell, scratchFolder } from "./peer.js";

const ACCEPTED = `
  ip; arp; rarp; ip6; icmp; igmp; tcp; udp; sctp; icmp6; stp; pim; esp; ah; vrrp; lat; decnet
  not ip; ! arp; not not ip; ip or arp; ip and not icmp; icmp or arp and not ip; !(icmp or udp); ip && udp || arp
  host 10.0.0.1; src host 10.0.0.1; dst host 10.0.0.1; src 10.0.0.1; dst 10.0.0.2; src or dst 10.0.0.2
  src and dst 10.0.0.1; dst and src host 10.0.0.1; ip host 10.0.0.2; arp host 10.0.0.2; rarp host 10.0.0.1
  ip src 10.0.0.1; arp src 10.0.0.1; arp dst host 10.0.0.2; host 10.0.0.1 and 10.0.0.2; host 10.0.0.1 or 192.168.1.7
  host 10.0.0.1 and not 10.0.0.2; host (10.0.0.2 or 192.168.1.7); not host 10.0.0.2; host not 10.0.0.2
  src host 10.0.0.1 and dst host 10.0.0.2; src 192.168.1.7 or dst 224.0.1.35; host 10.0; host 1
  net 10.0.0.0/8; src net 192.168.0.0/16; net 10; net 10.0; net 192.168.1; dst net 224.0.0.0/4; net 0.0.0.0/0
  net 10.0.0.0 mask 255.0.0.0; net 192.168.1.7; not net 10.0.0.0/8; net 192.168.1.0/24 or 224.0.0.0/4; arp net 10
  port 9; src port 1000; dst port 9; udp port 9; tcp port 80; tcp dst port 22; port 53 or 80; port (9 or 80)
  port 9 and not port 1000; not port 9; src port 1000 and dst port 9; udp src or dst port 53; port not 80
  port http; port domain; port ssh or http; udp port domain; tcp port http or 22; portrange 1-100; dst portrange 22-53
  udp portrange 1000-1003; portrange 80; src portrange 2000-1000; src and dst port 9; sctp port 53; port 5000
  ether host 02:00:00:00:00:01; ether src 02:00:00:00:00:02; ether dst ff:ff:ff:ff:ff:ff; ether src 2:0:0:0:0:1
  ether host 02:00:00:00:00:01 and not ether dst 02:00:00:00:00:02; ether host 0200.0000.0001; not ether host 1:2:3:4:5:6
  ether src 02-00-00-00-00-01 or 02-00-00-00-00-02; ether src and dst 02:00:00:00:00:01
  ether proto 0x0806; ether proto \\arp; ether proto \\ip or \\rarp; ether proto 0x88b5; ether proto 0x42; ether proto 0xf0
  ether proto 0xaa; ether proto 38; ether proto 0xfe; ether proto 0x6
  ether broadcast; ether multicast; broadcast; multicast; ip multicast; ip6 multicast; ip broadcast; not ip multicast
  ip proto 17; ip proto \\udp; ip proto \\icmp or 6; proto 17; proto \\tcp; ip6 proto 17; ip6 proto \\udp; ip proto 300
  ip proto \\gre; proto 58; ip proto 0x2; ip proto 021
  vlan; vlan 5; vlan 100; vlan and icmp; vlan 5 and arp; not vlan; icmp or vlan 5 and icmp; vlan and vlan; vlan 100 and vlan 5
  vlan and host 10.0.0.1; ip or vlan and udp port 53; vlan and port 53; vlan 5 or ip; vlan and ip[9] = 1; vlan and ether[0] & 1 = 0
  less 60; greater 100; less 42; len = 60; len < 60; len >= 98; length > 1000; not less 60; len - 14 = 46; len / 2 > 21
  ip[8] < 5; ip[9] = 1; ip[0] = 0x45; ip[0] & 0xf > 5; ip[0] & 0xf != 5; ip[6:2] & 0x1fff != 0; ip[6:2] & 0x3fff = 0
  ip[2:2] > 100; ip[12:4] = 0x0a000001; ip[16] >= 224; ip[-1] = 8; ip[1] & 3 = 1; ip[4:2] = 0x1234; ip[2:2] - 20 > 8
  icmp[icmptype] = icmp-echo; icmp[0] == 8; icmp[0] != 8; not icmp[0] = 8; icmp[icmptype] = icmp-unreach and icmp[icmpcode] = 3
  icmp[icmptype] == icmp-timxceed or icmp[0] = 5; icmp[icmptype] != icmp-echo and icmp[icmptype] != icmp-echoreply
  icmp[6:2] = 1; icmp[4:2] = 0xabcd; icmp[20] > 0; icmp[100] = 0; not icmp[60] = 0; icmp[8+9] = 17
  tcp[tcpflags] & tcp-syn != 0; tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn; tcp[13] = 2; tcp[tcpflags] = tcp-push|tcp-ack
  udp[4:2] < 20; udp[0:2] = 1000; udp[2:2] > 9 and udp; udp[8] = 0x68; udp[4:2] - 8 = 5
  ether[0] & 1 != 0; ether[0] = 2; ether[12:2] = 0x0806; ether[12:2] <= 1500; ether[6:4] = 0x02000000; ether[14] = 0x45
  arp[6:2] = 1; arp[6:2] = 2; arp[14:4] = 0; arp[14:4] = arp[24:4]; arp[7] = arp[6] + 1; rarp[7] = 3; ip6[6] = 17; ip6[40:2] = 1000
  icmp6[0] = 133; igmp[0] = 0x11; sctp[0:2] = 5000
  ip[ip[0] & 15] = 0; ip[(ip[0] & 0xf) << 2] = 8; ether[ether[0]] = 0; ip[ether[13] + 1] = 0; (ip[0] & 15) * 4 > 20
  ip[8] * 2 = 128; ip[8] / 10 = 6; ip[8] % 10 = 4; ip[8] | 1 = 65; ip[8] ^ 64 = 0; ip[8] << 24 >> 24 = 64; ip[8] >> 6 = 1
  -ip[8] = 0xffffffc0; ip[8] - 65 > 0; 64 = ip[8]; ip[8] = ip[9]; ip[2:2] = len - 14; ip[9] / ip[8] = 0; ip[8] << ip[9] = 128
  ip[9] / ip[6] = 0; ip[8] >> 20 - 14 = 1; 1 = 1; 1 = 2 or arp; 2 + 3 * 4 = 14; 7 & 3 = 3 and arp; (1 + 2) * 3 = 9; not 1 = 2; 0x10 = 020
  ether[200] = 0 or ip; ip or ether[200] = 0; not ether[60] = 1; arp and ether[59] = 0; len = 42 or ip[30] = 0
  ((host 10.0.0.1)); (port 53 or port 80) and (udp or tcp); ((((icmp)))) and ((10 > 9)); port ((80)); port 80 or (53) or ((9))
  icmp and icmp[icmptype] = icmp-echo and host 10.0.0.1 and less 200; udp and (port 9 or 2001) and not broadcast
`;

const REFUSED = `
  10.0.0.1; 80; tcp 80; ip 10.0.0.1; host; ip host; port; net 10/8; net 10.0.0.1/8; net 10.0.0.0/33; 10.0.0.0/8; host foo
  host 10.0.0.0/8; port foo; port 70000; port 1-5; udp port http; icmp port 3; tcp src net 10; icmp host 10.0.0.1; ether; ip[0]
  ether host 10.0.0.1; host 00:11:22:33:44:55; vlan 5000; ip[0:3] = 1; ip = 5; (icmp; icmp); icmp and; and icmp; icmp arp
  ether proto ip; ip proto udp; ip proto foo; arp proto 1; less; less foo; 5 / 0 = 1; ip[0] / 0 = 1; ip[8] << 32 = 0; @; #
  ip[0; ip[]; ip[0] = ; ether[0] = 1 or 2; icmp[0] = 8 or 3; 5 = 5 = 5; host 10.0.0.400; not; (); port (80; host 10.0.0.1 or
  net 10.0.0.0 mask 255; arp broadcast; tcp multicast; src; src port; port 08; ether net 1; len; esp[0] = 1; stp[0] = 1; $
  len-4 > 5; net 10.0.0.0 mask 255.0.0.1.1; ip6 host 10.0.0.1; tcp proto 6; src proto 6; dst broadcast
`;

const listed = (text: string): string[] =>
  text
    .split(/[;\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

describeWithPeers(["tcpdump"], "pcap-filter(7), judged by tcpdump", () => {
  const folder = scratchFolder();
  const file = `${folder.path}/mixed.pcapng`;
  const wholeFrames = sampleFrames().length;
  const frames = [...sampleFrames(), ...brokenFrames()];
  afterAll(() => folder.remove());

  beforeAll(() => {
    const chunks: Uint8Array[] = [];
    const writer = new PcapngWriter((chunk) => chunks.push(chunk));
    writer.addInterface({ name: "mixed" });
    // Each frame's number is its time in seconds.
    frames.forEach((bytes, number) => {
      writer.packet(0, number * 1e9, bytes);
    });
    writeFileSync(file, Buffer.concat(chunks));
  });

  /** The numbers of the frames that tcpdump lets pass. */
  function passedByTcpdump(expression: string, ...options: string[]): number[] {
    const args = [...options, "-n", "-tt", "-q", "-r", file, "--", expression];
    return runWell("tcpdump", args)
      .split("\n")
      .flatMap((line) => {
        const time = /^(\d+)\.0{6} /.exec(line);
        return time === null ? [] : [Number(time[1])];
      });
  }

  /** The numbers of those that we let pass, each in a buffer with foreign bytes around it. */
  function passedByUs(expression: string): number[] {
    const passes = compileFilter(expression);
    return [...frames.keys()].filter((number) => {
      const buffer = new Uint8Array(frames[number]!.length + 64).fill(0x45);
      buffer.set(frames[number]!, 32);
      return passes(buffer, 32, 32 + frames[number]!.length);
    });
  }

  // libpcap's optimiser moves reads, which shows only where a frame ends too early: whole frames prove it, and broken
  // ones the plain meaning (-O).
  it.each(listed(ACCEPTED))("%s", (expression) => {
    const passed = passedByUs(expression);
    expect(passed).toEqual(passedByTcpdump(expression, "-O"));
    const whole = (numbers: number[]): number[] => numbers.filter((number) => number < wholeFrames);
    expect(whole(passed)).toEqual(whole(passedByTcpdump(expression)));
  });

  it.each(listed(REFUSED))("refused by both: %s", (expression) => {
    expect(run("tcpdump", ["-r", file, expression]).status).not.toBe(0);
    expect(() => compileFilter(expression)).toThrow(FilterError);
  });
});
