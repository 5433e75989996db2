import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "../../src/engine/event-queue.js";

const handler = { handle() {} };

describe("event queue", () => {
  it("agrees with a stably sorted list, whatever the order of pushes and pops", () => {
    const push = fc.record({ time: fc.nat(20) });
    const pop = fc.constant("pop" as const);
    fc.assert(
      fc.property(fc.array(fc.oneof(push, push, pop), { maxLength: 400 }), (moves) => {
        const queue = new EventQueue();
        let sorted: { time: number; id: number }[] = [];
        moves.forEach((move, id) => {
          if (move !== "pop") {
            queue.push(move.time, handler, id);
            sorted = [...sorted, { time: move.time, id }].toSorted((a, b) => a.time - b.time);
          } else if (sorted.length > 0) {
            const first = sorted.shift()!;
            expect(queue.nextTime()).toBe(first.time);
            queue.pop();
            expect(queue.arg).toBe(first.id);
          }
          expect(queue.length).toBe(sorted.length);
          expect(queue.nextTime()).toBe(sorted[0]?.time ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it("fills the vacant root with the first push after a pop", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(50)),
        (start, later) => {
          const queue = new EventQueue();
          const left = start.map((time, arg) => ({ time, arg }));
          for (const { time, arg } of left) queue.push(time, handler, arg);
          for (const [i, time] of later.entries()) {
            left.sort((a, b) => a.time - b.time || a.arg - b.arg);
            const first = left.shift()!;
            expect(queue.nextTime()).toBe(first.time);
            queue.pop();
            expect(queue.arg).toBe(first.arg);
            const next = { time: first.time + time, arg: start.length + i };
            left.push(next);
            queue.push(next.time, handler, next.arg);
            expect(queue.length).toBe(left.length);
          }
        },
      ),
    );
  });

  it("grows past its first size and hands back each event's own handler", () => {
    const queue = new EventQueue();
    const handlers = Array.from({ length: 3000 }, () => ({ handle() {} }));
    handlers.forEach((own, i) => {
      queue.push((i * 7919) % 3000, own, i);
    });
    for (let time = 0; time < 3000; time++) {
      expect(queue.nextTime()).toBe(time);
      const popped = queue.pop();
      expect(popped).toBe(handlers[queue.arg]);
    }
    expect(queue.length).toBe(0);
  });

  it("keeps fractions of time and negative arguments", () => {
    const queue = new EventQueue();
    queue.push(0.2, handler, -1);
    queue.push(0.1, handler, -2147483648);
    queue.nextTime();
    queue.pop();
    expect(queue.arg).toBe(-2147483648);
    expect(queue.nextTime()).toBe(0.2);
  });
});
