/** Is an address in use? Asked by ICMP echo before a server offers it (RFC 2131 §3.1.2). */
import { writeU16 } from "../../core/bytes.js";
import { checksum } from "../../core/checksum.js";
import type { Ipv4 } from "../../core/ipv4.js";
import type { Nanoseconds } from "../../core/time.js";
import { Timer } from "../../engine/timer.js";
import { RawSocket } from "../../host/socket/raw-socket.js";
import type { Stack } from "../../host/stack.js";
import {
  ICMP_CHECKSUM,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_SIZE,
  ICMP_ID,
} from "../../wire/icmpv4.js";
import { IP_PROTO_ICMP } from "../../wire/ipv4.js";

interface Question {
  readonly timer: Timer;
  readonly answer: (inUse: boolean) => void;
}

export class EchoProbe {
  private readonly socket: RawSocket;
  private readonly open = new Map<number, Question>();
  private readonly id: number;

  constructor(private readonly stack: Stack) {
    this.id = stack.host.world.random(`${stack.host.name}/dhcp-probe`).below(0x10000);
    this.socket = new RawSocket(stack, IP_PROTO_ICMP);
    this.socket.onPacket = ({ bytes, src }) => {
      if (bytes[(bytes[0]! & 15) * 4] === ICMP_ECHO_REPLY) this.close(src, true);
    };
  }

  /** Is the address being asked now? */
  asks(address: Ipv4): boolean {
    return this.open.has(address);
  }

  /** Calls back once: when the address answers, or when the time is over. An address that is asked already is not asked again. */
  ask(address: Ipv4, wait: Nanoseconds, answer: (inUse: boolean) => void): void {
    if (this.open.has(address)) return;
    const timer = new Timer(this.stack.host.world.engine, { handle: () => this.close(address, false) });
    this.open.set(address, { timer, answer });
    timer.setAfter(wait);
    const echo = new Uint8Array(ICMP_HEADER_SIZE);
    echo[0] = ICMP_ECHO_REQUEST;
    writeU16(echo, ICMP_ID, this.id);
    writeU16(echo, ICMP_CHECKSUM, checksum(echo, 0, echo.length));
    this.socket.send(echo, address);
  }

  stop(): void {
    this.socket.close();
    for (const { timer } of this.open.values()) timer.cancel();
    this.open.clear();
  }

  private close(address: Ipv4, inUse: boolean): void {
    const question = this.open.get(address);
    if (question === undefined) return;
    this.open.delete(address);
    question.timer.cancel();
    question.answer(inUse);
  }
}
