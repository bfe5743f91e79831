// @ts-check
// What a run has measured when it is over, in one sentence, beside what theory says (`runs/outcome.py`).

import { CAPTURED } from "./facts.js";
import { fixed, plural, short } from "./phrases.js";
import { fit, theorySlope } from "./plan.js";
import { MANY } from "./titles.js";

/** @typedef {import("./plan.js").Plan} Plan */

/** The scatter over starts, which an interval is made of, takes thousands of simulated ones: Python's work. */
const NO_INTERVAL = "no interval here: it takes a server";

/**
 * The fitted slope where many directions have one, else when they were learned; of a run that has not diverged.
 * @param {Plan} plan
 * @param {import("./record.js").Record} record
 * @param {(number | null)[]} crossing time at which each direction was found, null for never
 * @returns {{text: string, after: number}}
 */
export function outcomeOf(plan, record, crossing) {
  const { e: { P }, eta, end } = plan;
  const slope = P >= MANY ? fit(plan, record.tau, record.mse) : null;
  if (slope) {
    const [from, to] = slope.window;
    return {
      text: `Fitted slope ${signed(slope.value)} (${NO_INTERVAL}) over ${fixed(Math.log10(to / from), 1)} decades of the thick `
        + `line: ${plural(P, "skill")} measured, the rest added; theory ${signed(theorySlope(plan) ?? 0)}.`,
      after: to / eta,
    };
  }
  const seen = crossing.flatMap((time) => (time === null ? [] : [time / eta]));
  return { text: learned(plan, record, crossing), after: seen.length ? Math.max(...seen) : end / eta };
}

/**
 * How many the student has, and when some neuron found each, in the titles' words.
 * @param {Plan} plan
 * @param {import("./record.js").Record} record
 * @param {(number | null)[]} crossing
 */
function learned({ e: { P }, T, eta }, record, crossing) {
  const capture = record.last("capture");
  const found = crossing.flatMap((time, p) => (time === null ? [] : [{ p, time }]));
  const many = found.filter(({ p }) => capture[p] > CAPTURED).length;
  const ratios = found.map(({ p, time }) => time / T[p]).filter((ratio) => Number.isFinite(ratio) && ratio > 0);
  if (P === 1 && many && ratios.length) {
    return `Learned at step ${short(found[0].time / eta)}; theory says ${short(T[0] / eta)}.`;
  }
  const count = `${many} of ${plural(P, "skill")} learned`;
  if (!ratios.length) return `${count}.`;
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const when = many < found.length ? "found " : "";
  return `${count}, ${when}after ${fixed(least, 2)} to ${fixed(most, 2)} times the predicted steps.`;
}

/** @param {number} value */
const signed = (value) => fixed(value, 2).replace("-", "−");
