/** UDP on a host for traffic flows. It outlives a restart of the machine, as a service does that starts at boot. */
import { ANY_IPV4, type Ipv4 } from "../../core/ipv4.js";
import { type Host, UdpSocket } from "../../host/index.js";
import type { Datagrams } from "../kind.js";

type Taker = (payload: Uint8Array) => void;

interface Listener {
  readonly port: number;
  readonly take: Taker;
  socket: UdpSocket;
}

export class HostDatagrams implements Datagrams {
  private sender: UdpSocket;
  private readonly listeners = new Set<Listener>();

  constructor(private readonly host: Host) {
    this.sender = new UdpSocket(host.stack);
  }

  get address(): Ipv4 | undefined {
    const own = this.host.stack.anySource();
    return own === ANY_IPV4 ? undefined : own;
  }

  send(payload: Uint8Array, to: Ipv4, port: number): void {
    if (this.host.powered) this.sender.send(payload, to, port);
  }

  listen(port: number, take: Taker): () => void {
    const listener = { port, take, socket: this.open(port, take) };
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      listener.socket.close();
    };
  }

  /** The machine has a new stack. */
  reopen(): void {
    this.sender = new UdpSocket(this.host.stack);
    for (const listener of this.listeners) listener.socket = this.open(listener.port, listener.take);
  }

  private open(port: number, take: Taker): UdpSocket {
    const socket = new UdpSocket(this.host.stack);
    const error = socket.bind(ANY_IPV4, port);
    if (error !== null) throw new Error(`${this.host.name}: UDP port ${port} is taken`);
    socket.onDatagram = ({ bytes, from, to }) => take(bytes.subarray(from, to));
    return socket;
  }
}
