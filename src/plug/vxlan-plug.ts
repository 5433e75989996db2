/**
 * A VXLAN tunnel as a plug (RFC 7348): a real kernel's VXLAN device, or any other VTEP, joins the lab over UDP. No native
 * code and no privilege is needed on this side.
 *
 * One remote VTEP; datagrams from other addresses are not taken. As Linux does, and unlike RFC 7348 §6.1 advises, inner
 * VLAN tags are passed on. A kernel on the same machine may leave inner checksums unfinished; they are finished here.
 */
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { readU32, writeU32 } from "../core/bytes.js";
import type { World } from "../link/world.js";
import { UDP_PORT_VXLAN } from "../wire/udp.js";
import { VXLAN_FLAG_VNI, VXLAN_FLAGS, VXLAN_HEADER_SIZE, VXLAN_VNI } from "../wire/vxlan.js";
import { finishChecksum } from "./finish-checksum.js";
import { type Inlet, Plug } from "./plug.js";

export interface VxlanOptions {
  /** VXLAN network identifier, 24 bits. */
  readonly vni: number;
  /** The address to receive at; default all. */
  readonly local?: string;
  /** The UDP port to receive at, default 4789. */
  readonly port?: number;
  /** The other VTEP's address. */
  readonly remote: string;
  /** The other VTEP's UDP port, default 4789. */
  readonly remotePort?: number;
}

const MAX_DATAGRAM = 65_535;
/** So many datagrams may wait in this process when the kernel takes no more. */
const MAX_WAITING = 1000;

export class VxlanPlug extends Plug {
  private socket: Socket | null = null;

  constructor(
    world: World,
    name: string,
    readonly options: VxlanOptions,
  ) {
    super(world, name);
  }

  async open(inlet: Inlet): Promise<void> {
    const { remote, port = UDP_PORT_VXLAN } = this.options;
    const family = isIPv6(remote) ? 6 : 4;
    const { local = family === 6 ? "::" : "0.0.0.0" } = this.options;
    const socket = createSocket({
      type: `udp${family}`,
      // Addresses only: an answer at once spares each datagram a turn of the event loop.
      lookup: (host, _options, found) => found(null, host, family),
      recvBufferSize: 1 << 20,
      sendBufferSize: 1 << 20,
    });
    socket.on("message", (datagram, { address }) => this.receiveDatagram(inlet, datagram, address));
    await new Promise<void>((resolve, reject) => {
      socket.once("error", (error: NodeJS.ErrnoException) => {
        socket.close();
        reject(new Error(`${this.name}: ${refusal(local, port, error.code ?? error.message)}`));
      });
      socket.bind(port, local, () => {
        socket.removeAllListeners("error");
        socket.on("error", (error) => {
          this.trouble = error.message;
        });
        resolve();
      });
    });
    this.socket = socket;
  }

  async close(): Promise<void> {
    const { socket } = this;
    this.socket = null;
    if (socket !== null) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  send(bytes: Uint8Array, from: number, to: number): void {
    const { socket, options } = this;
    const size = VXLAN_HEADER_SIZE + to - from;
    if (socket === null || size > MAX_DATAGRAM || socket.getSendQueueCount() >= MAX_WAITING) {
      this.count("border-unsent");
      return;
    }
    const datagram = new Uint8Array(size);
    datagram[VXLAN_FLAGS] = VXLAN_FLAG_VNI;
    writeU32(datagram, VXLAN_VNI, options.vni * 256);
    datagram.set(bytes.subarray(from, to), VXLAN_HEADER_SIZE);
    socket.send(datagram, options.remotePort ?? UDP_PORT_VXLAN, options.remote, (error) => {
      if (error !== null) this.count("border-unsent");
    });
  }

  private receiveDatagram(inlet: Inlet, datagram: Uint8Array, address: string): void {
    if (address !== this.options.remote) this.count("vxlan-not-peer");
    // RFC 7348 §5: the I flag must be set, or the VNI means nothing; the other flags are ignored.
    else if (datagram.length < VXLAN_HEADER_SIZE || (datagram[VXLAN_FLAGS]! & VXLAN_FLAG_VNI) === 0)
      this.count("vxlan-malformed");
    else if (readU32(datagram, VXLAN_VNI) >>> 8 !== this.options.vni) this.count("vxlan-other-vni");
    else {
      const frame = datagram.subarray(VXLAN_HEADER_SIZE);
      finishChecksum(frame);
      this.take(inlet, frame);
    }
  }
}

/** What to tell a user whose socket could not be bound. */
function refusal(local: string, port: number, code: string): string {
  switch (code) {
    case "EADDRINUSE":
      return `UDP port ${port} at ${local} is in use: a kernel VXLAN device in this namespace takes it for all addresses, so give it another dstport, or this side another port`;
    case "EADDRNOTAVAIL":
      return `${local} is not an address of this machine: choose one that \`ip addr\` shows`;
    case "EACCES":
      return `no right to use UDP port ${port}: choose one above 1023, or run as root`;
    default:
      return `UDP port ${port} at ${local} cannot be opened (${code})`;
  }
}
