/**
 * The thread behind a TAP device: it opens the device, in a network namespace of the user's choice, and then reads frames
 * in batches (poll(2), then read until nothing is left), which is many times faster than reads on Node's thread pool.
 *
 * A thread joins a namespace for itself alone and never leaves it, so the program's other threads stay where they are. The
 * descriptor belongs to the process: frames are written by the main thread, as long as it has not said stop.
 *
 * `readTap` runs in a worker from its own text (see tap-plug.ts), because a worker cannot load TypeScript from a source
 * tree: it may use nothing but its parameters and what it declares itself.
 */
import type * as fs from "node:fs";
import type * as threads from "node:worker_threads";

export interface TapRequest {
  /** Resolved path of the koffi package. */
  readonly koffi: string;
  readonly device: string;
  /** Path of the namespace to join, or null. */
  readonly netnsPath: string | null;
  readonly mtu: number | null;
  /** Two Int32: frames handed over but not yet taken, and whether to stop. */
  readonly shared: SharedArrayBuffer;
}

/** What the thread tells: opened, frames (each preceded by its size in 4 bytes), refused, or device gone. */
export type TapNotice =
  | { readonly kind: "open"; readonly fd: number; readonly wakeFd: number }
  | { readonly kind: "frames"; readonly count: number; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly call: TapCall; readonly code: string }
  | { readonly kind: "gone" };

/** The calls that can fail while opening. */
export type TapCall =
  | "koffi"
  | "open netns"
  | "setns"
  | "open tun"
  | "TUNSETIFF"
  | "SIOCSIFMTU"
  | "SIOCSIFFLAGS"
  | "eventfd";

export function readTap(
  request: TapRequest,
  { openSync, closeSync, readSync, constants }: typeof fs,
  { parentPort }: typeof threads,
  load: (path: string) => typeof import("koffi"),
): void {
  // linux/if_tun.h, linux/sockios.h, linux/sched.h, linux/poll.h, linux/eventfd.h
  const TUNSETIFF = 0x400454ca;
  const IFF_TAP = 0x0002;
  const IFF_NO_PI = 0x1000;
  const SIOCGIFFLAGS = 0x8913;
  const SIOCSIFFLAGS = 0x8914;
  const SIOCSIFMTU = 0x8922;
  const IFF_UP = 1;
  const CLONE_NEWNET = 0x40000000;
  const POLLIN = 1;
  const AF_INET = 2;
  const SOCK_DGRAM = 2;
  const EFD_CLOEXEC = 0o2000000;

  const MAX_FRAME = 65_600;
  const BATCH_BYTES = 4 * MAX_FRAME;
  const BATCH_FRAMES = 256;
  /** So many frames may wait for the main thread; more wait in the kernel's queue, which drops what does not fit. */
  const MAX_WAITING = 4096;

  const shared = new Int32Array(request.shared);
  const post = (notice: TapNotice, transfer: ArrayBuffer[] = []) => parentPort!.postMessage(notice, transfer);
  Error.stackTraceLimit = 0; // a read of an empty device throws, once for each batch

  let call: TapCall = "koffi";
  const closers: (() => void)[] = [];
  try {
    const koffi = load(request.koffi);
    const libc = koffi.load(null);
    const setns = libc.func("int setns(int fd, int nstype)");
    const ioctl = libc.func("int ioctl(int fd, unsigned long request, ...)");
    const socket = libc.func("int socket(int domain, int type, int protocol)");
    const eventfd = libc.func("int eventfd(unsigned int count, int flags)");
    const close = libc.func("int close(int fd)");
    const poll = libc.func("int poll(_Inout_ uint8_t *fds, unsigned long count, int timeout)");
    const codes = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number as number, name]));
    const must = (result: number): number => {
      if (result >= 0) return result;
      throw Object.assign(new Error(), { code: codes.get(koffi.errno()) ?? "unknown" });
    };

    if (request.netnsPath !== null) {
      call = "open netns";
      const netns = openSync(request.netnsPath, "r");
      call = "setns";
      closers.push(() => closeSync(netns));
      must(setns(netns, CLONE_NEWNET));
    }
    call = "open tun";
    const fd = openSync("/dev/net/tun", constants.O_RDWR | constants.O_NONBLOCK);
    closers.push(() => closeSync(fd));
    // struct ifreq: the name in 16 bytes, then flags (16 bits) or MTU (32 bits), in the machine's own byte order.
    const name = new TextEncoder().encode(request.device);
    const ifreq = (value: Int16Array | Int32Array): Uint8Array => {
      const bytes = new Uint8Array(40);
      bytes.set(name);
      bytes.set(new Uint8Array(value.buffer), 16);
      return bytes;
    };
    const control = (on: number, what: number, bytes: Uint8Array) =>
      must(ioctl(on, what, "uint8_t *", bytes));
    call = "TUNSETIFF";
    control(fd, TUNSETIFF, ifreq(Int16Array.of(IFF_TAP | IFF_NO_PI)));
    const any = must(socket(AF_INET, SOCK_DGRAM, 0));
    closers.push(() => close(any));
    if (request.mtu !== null) {
      call = "SIOCSIFMTU";
      control(any, SIOCSIFMTU, ifreq(Int32Array.of(request.mtu)));
    }
    call = "SIOCSIFFLAGS";
    const present = ifreq(Int16Array.of(0));
    must(ioctl(any, SIOCGIFFLAGS, "_Inout_ uint8_t *", present));
    const flags = new Int16Array(present.slice(16, 18).buffer)[0]!;
    if ((flags & IFF_UP) === 0) control(any, SIOCSIFFLAGS, ifreq(Int16Array.of(flags | IFF_UP)));
    call = "eventfd";
    const wakeFd = must(eventfd(0, EFD_CLOEXEC));
    closers.push(() => close(wakeFd));
    post({ kind: "open", fd, wakeFd });
    readFrames(fd, () => {
      const fds = new Int32Array(4); // two struct pollfd: descriptor (32 bits), events and revents (16 bits each)
      const events = new Int16Array(fds.buffer);
      fds[0] = fd;
      fds[2] = wakeFd;
      events[2] = events[6] = POLLIN;
      poll(new Uint8Array(fds.buffer), 2, -1);
    });
  } catch (error) {
    post({ kind: "refused", call, code: (error as NodeJS.ErrnoException).code ?? String(error) });
  } finally {
    for (const close of closers) close();
  }

  function readFrames(fd: number, waitForFrames: () => void): void {
    const batch = new Uint8Array(BATCH_BYTES);
    const view = new DataView(batch.buffer);
    for (;;) {
      waitForFrames();
      let used = 0;
      let count = 0;
      let code = "";
      while (count < BATCH_FRAMES && used + 4 + MAX_FRAME <= BATCH_BYTES) {
        try {
          const size = readSync(fd, batch, used + 4, MAX_FRAME, null);
          view.setUint32(used, size);
          used += 4 + size;
          count++;
        } catch (error) {
          code = (error as NodeJS.ErrnoException).code ?? String(error);
          break;
        }
      }
      if (Atomics.load(shared, 1) !== 0) return;
      if (count > 0) {
        const bytes = batch.slice(0, used);
        let waiting = Atomics.add(shared, 0, count) + count;
        post({ kind: "frames", count, bytes }, [bytes.buffer]);
        for (; waiting > MAX_WAITING; waiting = Atomics.load(shared, 0)) Atomics.wait(shared, 0, waiting);
      }
      if (code !== "" && code !== "EAGAIN" && code !== "EINTR") {
        post({ kind: "gone" });
        Atomics.wait(shared, 1, 0);
        return;
      }
    }
  }
}
