/** The lessons there are, one line each. */
import { IP_ADDR } from "./ip-addr.js";
import type { Lesson } from "./lesson.js";

export const lessons: readonly Lesson[] = [IP_ADDR];
