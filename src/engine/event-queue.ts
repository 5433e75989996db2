/**
 * The event queue: a 4-ary heap on typed arrays, ordered by (time, order of scheduling).
 *
 * An event is a time, a handler object and a small integer; nothing is allocated per event. Popping leaves the root
 * vacant, and the first event that is scheduled next fills it (the "vacant root": most events schedule one successor,
 * so one sift replaces two). The heap holds slot numbers; handler and argument stand in the slot.
 */

/** What is called when its time has come; `arg` is what was given at scheduling. */
export interface EventHandler {
  handle(arg: number): void;
}

export class EventQueue {
  private times = new Float64Array(256);
  private orders = new Float64Array(256);
  private slots = new Int32Array(256);
  private handlers: EventHandler[] = [];
  private args = new Int32Array(256);
  private free = new Int32Array(256);
  private freeCount = 0;
  private size = 0;
  private vacant = false;
  private order = 0;

  /** The argument of the event taken by the last `pop`. */
  arg = 0;

  get length(): number {
    return this.vacant ? this.size - 1 : this.size;
  }

  push(time: number, handler: EventHandler, arg: number): void {
    let slot: number;
    if (this.freeCount > 0) {
      slot = this.free[--this.freeCount]!;
      this.handlers[slot] = handler;
    } else {
      slot = this.handlers.length;
      if (slot === this.args.length) this.growSlots();
      this.handlers.push(handler);
    }
    this.args[slot] = arg;
    const order = this.order++;
    if (this.vacant) {
      this.vacant = false;
      this.siftDown(time, order, slot);
      return;
    }
    if (this.size === this.times.length) this.growHeap();
    const { times, orders, slots } = this;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      // A new event has the highest order, so equal times never move it up.
      if (times[parent]! <= time) break;
      times[at] = times[parent]!;
      orders[at] = orders[parent]!;
      slots[at] = slots[parent]!;
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  /** The time of the next event, Infinity if there is none. */
  nextTime(): number {
    if (this.vacant) this.fillRoot();
    return this.size > 0 ? this.times[0]! : Number.POSITIVE_INFINITY;
  }

  /**
   * Takes the next event: returns its handler and leaves its argument in `arg`. The queue must not be empty and `nextTime`
   * must have been asked. The slot keeps its reference to the handler until it is used again.
   */
  pop(): EventHandler {
    const slot = this.slots[0]!;
    this.arg = this.args[slot]!;
    this.free[this.freeCount++] = slot;
    this.vacant = true;
    return this.handlers[slot]!;
  }

  private fillRoot(): void {
    this.vacant = false;
    const last = --this.size;
    if (last > 0) this.siftDown(this.times[last]!, this.orders[last]!, this.slots[last]!);
  }

  /** Puts an event at the vacant root and sinks it to its place. */
  private siftDown(time: number, order: number, slot: number): void {
    const { times, orders, slots, size } = this;
    let at = 0;
    for (;;) {
      const first = (at << 2) + 1;
      if (first >= size) break;
      const end = first + 4 < size ? first + 4 : size;
      let least = first;
      let leastTime = times[first]!;
      for (let child = first + 1; child < end; child++) {
        const t = times[child]!;
        if (t < leastTime || (t === leastTime && orders[child]! < orders[least]!)) {
          least = child;
          leastTime = t;
        }
      }
      if (time < leastTime || (time === leastTime && order < orders[least]!)) break;
      times[at] = leastTime;
      orders[at] = orders[least]!;
      slots[at] = slots[least]!;
      at = least;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  private growHeap(): void {
    this.times = grown(this.times, new Float64Array(this.times.length * 2));
    this.orders = grown(this.orders, new Float64Array(this.orders.length * 2));
    this.slots = grown(this.slots, new Int32Array(this.slots.length * 2));
  }

  private growSlots(): void {
    this.args = grown(this.args, new Int32Array(this.args.length * 2));
    this.free = grown(this.free, new Int32Array(this.free.length * 2));
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
