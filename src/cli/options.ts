/** Values of options, checked: each fault names the option, the value, and what is allowed. */
import { type Nanoseconds, parseDuration } from "../core/time.js";
import { UsageError } from "./exit.js";

export function durationOption(name: string, text: string): Nanoseconds {
  const value = parseDuration(text);
  if (value === undefined)
    throw new UsageError(`${name} takes a duration such as 500ms, 2s or 1m30s, not "${text}"`);
  return value;
}

export function seedOption(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 0xffffffff)
    throw new UsageError(`--seed takes a whole number from 0 to 4294967295, not "${text}"`);
  return Number(text);
}

export function factorOption(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new UsageError(`--pace takes a number above 0, not "${text}"`);
  return value;
}
