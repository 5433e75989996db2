/** UDP on a host for traffic flows. It outlives a restart of the machine, as a service does that starts at boot. */
import { ANY_IPV4, type Ipv4 } from "../../core/ipv4.js";
import { type Host, UdpSocket } from "../../host/index.js";
import type { Datagrams } from "../kind.js";

type Taker = (payload: Uint8Array) => void;

interface Wish {
  readonly port: number;
  readonly take: Taker;
  readonly group: Ipv4 | undefined;
}

interface Listener extends Wish {
  socket: UdpSocket;
}

export class HostDatagrams implements Datagrams {
  private sender: UdpSocket;
  private readonly listeners = new Set<Listener>();

  constructor(private readonly host: Host) {
    this.sender = this.openSender();
  }

  get address(): Ipv4 | undefined {
    const own = this.host.stack.anySource();
    return own === ANY_IPV4 ? undefined : own;
  }

  send(payload: Uint8Array, to: Ipv4, port: number): void {
    if (this.host.powered) this.sender.send(payload, to, port);
  }

  listen(port: number, take: Taker, group?: Ipv4): () => void {
    const wish = { port, take, group };
    const listener = { ...wish, socket: this.open(wish) };
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      listener.socket.close();
    };
  }

  /** The machine has a new stack. */
  reopen(): void {
    this.sender = this.openSender();
    for (const listener of this.listeners) listener.socket = this.open(listener);
  }

  private openSender(): UdpSocket {
    const socket = new UdpSocket(this.host.stack);
    socket.broadcast = true;
    return socket;
  }

  private open({ port, take, group }: Wish): UdpSocket {
    const { name, stack } = this.host;
    const socket = new UdpSocket(stack);
    const error = socket.bind(ANY_IPV4, port);
    if (error !== null) throw new Error(`${name}: UDP port ${port} is taken`);
    if (group !== undefined) for (const dev of stack.devices) if (dev.multicast) socket.join(group, dev);
    socket.onDatagram = ({ bytes, from, to }) => take(bytes.subarray(from, to));
    return socket;
  }
}
