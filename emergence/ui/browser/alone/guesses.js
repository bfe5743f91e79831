// @ts-check
// What a viewer may guess of a run before it plays, and what the run shows of it (`runs/guesses.py`).

import { isSgd } from "./cost.js";
import { geomspace, rounded } from "./numeric.js";
import { fixed, general, short } from "./phrases.js";
import { fit, theorySlope, whyNoFit } from "./plan.js";
import { MANY } from "./titles.js";

/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("../types.js").Answer} Answer */
/** @typedef {{name: string, text: string, options: string[], values: number[], kind: import("../types.js").Kind}} Guessable */

const MOST_DIRECTIONS = 24;
const STOPS = 41;
const [FACTOR, MARGIN] = [1.5, 0.1];

/**
 * A slope is asked only where theory and a run have one.
 * @param {Plan} plan
 * @returns {Guessable[]}
 */
export function guessables(plan) {
  const { e, eta, snapshots, end } = plan;
  const { P } = e;
  /** @type {Guessable[]} */
  const asked = [];
  if (P > 1) {
    const numbered = Math.min(P, MOST_DIRECTIONS);
    const options = Array.from({ length: numbered }, (_, p) => `direction ${p + 1}`);
    if (numbered < P) options.push(`one of ${numbered + 1} to ${P}`);
    asked.push({
      name: "first", text: "Which direction is learned first?", options, values: options.map((_, p) => p + 1),
      kind: "choice",
    });
  }
  const stops = Array.from(geomspace(snapshots[1] / eta, end / eta, STOPS), (stop) => (isSgd(e) ? rounded(stop) : stop));
  const named = new Map(stops.map((stop) => [short(stop, 2), stop]));
  if (named.size > 1) {
    const text = `By which step is ${P > 1 ? "the first direction" : "the direction"} learned?`;
    asked.push({ name: "when", text, options: [...named.keys()], values: [...named.values()], kind: "number" });
  }
  if (theorySlope(plan) !== null && P >= MANY) {
    const values = Array.from({ length: 31 }, (_, i) => (i - 30) / 10);
    asked.push({
      name: "slope", text: "Which slope does the loss have, in log–log?", options: values.map((each) => general(each)),
      values, kind: "number",
    });
  }
  return asked;
}

/**
 * What a run has shown so far; of one that is over, something on every question.
 * @param {Plan} plan
 * @param {import("./record.js").Record} record
 * @param {(number | null)[]} crossing time at which each direction was found, null for never
 * @param {{finished: boolean, diverged: boolean}} state
 * @returns {Answer[]}
 */
export function answers(plan, record, crossing, { finished, diverged }) {
  const steps = crossing.map((time) => (time === null ? Infinity : time / plan.eta));
  const step = Math.min(...steps);
  const seen = step < Infinity;
  /** @type {(asked: Guessable) => Answer[]} */
  const answer = (asked) => {
    if (asked.name === "slope") return finished ? [slopeAnswer(plan, record, asked, diverged)] : [];
    if (!seen) return finished ? [none(asked.name, diverged, "no direction was learned within this run")] : [];
    const p = steps.indexOf(step);
    if (asked.name === "first") {
      const right = [Math.min(p, asked.options.length - 1)];
      return [{ name: asked.name, right, bound: "", answer: `direction ${p + 1}`, after: step, why: "" }];
    }
    const right = which(asked, (stop) => stop <= step * FACTOR && stop >= step / FACTOR);
    return [{ name: asked.name, right, bound: `within a factor ${FACTOR}`, answer: short(step), after: step, why: "" }];
  };
  return guessables(plan).flatMap(answer);
}

/**
 * @param {Plan} plan
 * @param {import("./record.js").Record} record
 * @param {Guessable} asked
 * @param {boolean} diverged
 */
function slopeAnswer(plan, { tau, mse }, asked, diverged) {
  const slope = diverged ? null : fit(plan, tau, mse);
  if (!slope) return none(asked.name, diverged, whyNoFit(plan, tau, mse) ?? "there is no slope to fit");
  const measured = Number(fixed(slope.value, 2));
  return {
    name: asked.name, right: which(asked, (each) => Math.abs(each - measured) <= MARGIN * (1 + 1e-9)),
    bound: `within ${MARGIN}`, answer: fixed(slope.value, 2), after: slope.window[1] / plan.eta, why: "",
  };
}

/**
 * @param {Guessable} asked
 * @param {(value: number) => boolean} right
 */
const which = ({ values }, right) => Array.from(values.keys()).filter((i) => right(values[i]));

/**
 * @param {string} name
 * @param {boolean} diverged
 * @param {string} why
 * @returns {Answer}
 */
const none = (name, diverged, why) => ({
  name, right: [], bound: "", answer: "", after: 0, why: diverged ? "the run has diverged" : why,
});
