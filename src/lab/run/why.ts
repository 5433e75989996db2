/** Why an expectation failed: the journey of the frame that did not do what was expected. */
import { type Journey, journeyOf } from "../../trace/journey/journey.js";
import type { Recorder } from "../../trace/journey/recorder.js";
import type { Suspect } from "./finding.js";

/** Of many frames only the first so many are looked at. */
const LOOKED_AT = 1000;

/** The journey that tells most: of named frames the first, of a sender's the first that did not come through. */
export function whyOf(recorder: Recorder, { node, from, to, frames, culprit }: Suspect): Journey | undefined {
  if (culprit !== undefined) return journeyOf(recorder, culprit);
  const sent = frames === undefined || frames.length === 0 ? recorder.sentBy(node, from, to) : frames;
  for (const frame of sent.slice(0, LOOKED_AT)) {
    const journey = journeyOf(recorder, frame);
    if (journey !== undefined && journey.outcome !== "delivered" && journey.outcome !== "answered")
      return journey;
  }
  return undefined;
}
