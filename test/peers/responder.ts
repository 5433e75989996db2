/** The least that a kernel can talk to: answers ARP (RFC 826) for one address and ICMP echo requests (RFC 792) to it. */
import { equalBytes, readU16, writeU16 } from "../../src/core/bytes.js";
import type { Frame } from "../../src/link/frame.js";
import { Node } from "../../src/link/node.js";
import { Port } from "../../src/link/port.js";
import type { World } from "../../src/link/world.js";

export class Responder extends Node {
  echoes = 0;
  private readonly mac = Uint8Array.of(2, 0, 0, 0, 0, 9);

  constructor(
    world: World,
    name: string,
    private readonly address: Uint8Array,
  ) {
    super(world, name);
    new Port(this, 0, "eth0");
  }

  receive(port: Port, frame: Frame): void {
    const bytes = frame.bytes.subarray(frame.start, frame.end);
    const type = readU16(bytes, 12);
    if (type === 0x0806 && readU16(bytes, 20) === 1 && equalBytes(bytes.subarray(38, 42), this.address)) {
      const asker = bytes.slice(22, 32);
      writeU16(bytes, 20, 2);
      bytes.set(this.mac, 22);
      bytes.set(this.address, 28);
      bytes.set(asker, 32);
    } else if (
      type === 0x0800 &&
      bytes[23] === 1 &&
      bytes[34] === 8 &&
      equalBytes(bytes.subarray(30, 34), this.address)
    ) {
      this.echoes++;
      bytes.set(bytes.slice(26, 30), 30);
      bytes.set(this.address, 26);
      bytes[34] = 0;
      const sum = readU16(bytes, 36) + 0x0800;
      writeU16(bytes, 36, (sum & 0xffff) + (sum >>> 16));
    } else {
      this.drop(frame, "not-for-us", port);
      return;
    }
    bytes.set(bytes.slice(6, 12), 0);
    bytes.set(this.mac, 6);
    port.transmit(frame);
  }
}
