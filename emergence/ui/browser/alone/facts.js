// @ts-check
// What a run's titles may say: what theory promises, and how the run has ended (`runs/facts.py`).

import { fit, theorySlope } from "./plan.js";
import { EMERGED, halfTimes } from "./times.js";

/** @typedef {import("./plan.js").Plan} Plan */

/** Capture R above which a direction is learned. */
export const CAPTURED = 0.5;
const LATE = 0.7;
const NEAR_NORM = [0.8, 1.25];

/**
 * What theory says of an experiment: sharp jumps, a link of several terms, a power law, and how many
 * directions have a time, have one within the run, and have a triangle in the picture of the overlaps.
 * @typedef {{
 *   e: import("./plan.js").Wanted, jumps: boolean, mixed: boolean, law: boolean, timed: number, due: number,
 *   marked: number,
 * }} Promised
 */

/**
 * @param {Plan} plan
 * @returns {Promised}
 */
export function promiseOf(plan) {
  const { e, T, end, snapshots } = plan;
  /** @type {(holds: (time: number) => boolean) => number} */
  const count = (holds) => T.filter(holds).length;
  return {
    e, jumps: e.J > 2 && risesLate(plan), mixed: e.mixture.length > 1,
    law: theorySlope(plan) !== null && e.P > 1 && e.J > 1,
    timed: count(Number.isFinite), due: count((time) => time <= end),
    marked: count((time) => snapshots[1] <= time && time <= end),
  };
}

/** Whether the decoupled dynamics of all matched pairs rise late. @param {Plan} plan */
function risesLate({ e: { P }, link, overlaps, iota, pairs }) {
  const used = Array.from(iota.keys()).filter((p) => iota[p] >= 0);
  const half = halfTimes(Float64Array.from(used, (p) => overlaps[iota[p] * P + p]), link);
  const shares = pairs.flatMap((pair) => pair ?? []).map(({ theta, w }, i) => (
    riseShare(theta, w.map((each) => Math.tanh(each) ** 2), half[i])));
  return shares.length > 0 && shares.reduce((least, share) => (share < least ? share : least)) > LATE;
}

/**
 * Share of the time to u = 1/2 after which half of the rise is done; NaN where there is none.
 * @param {ArrayLike<number>} tau
 * @param {ArrayLike<number>} peak
 * @param {number | null} crossing
 */
function riseShare(tau, peak, crossing) {
  if (crossing === null || !Number.isFinite(crossing) || crossing <= 0) return NaN;
  const half = (peak[0] + EMERGED) / 2;
  let i = 0;
  while (i < peak.length && peak[i] < half) i += 1;
  if (i === 0 || i === peak.length) return NaN;
  const share = (half - peak[i - 1]) / Math.max(peak[i] - peak[i - 1], 1e-12);
  return Math.min((tau[i - 1] + (tau[i] - tau[i - 1]) * share) / crossing, 1);
}

/**
 * What a run has shown when it is over (`runs.facts.Ending` says it all).
 * @typedef {{
 *   diverged: boolean, found: number, learned: number, jumped: number, left: number, slope: number | null,
 *   grown: number, matched: number, counts: number[], strayed: number,
 * }} Ending
 */

/**
 * @param {Plan} plan
 * @param {import("./record.js").Record} record
 * @param {(number | null)[]} crossing time at which each direction was found, null for never
 * @param {boolean} diverged
 * @returns {Ending}
 */
export function endingOf(plan, record, crossing, diverged) {
  const { e: { P }, a, iota, neurons } = plan;
  const { tau, mse, rows, fields, count } = record;
  const [capture, n2, u] = [record.last("capture"), record.last("n2"), record.last("u")];
  const used = Array.from(iota.keys()).filter((p) => iota[p] >= 0);
  const found = Array.from(iota.keys()).filter((p) => crossing[p] !== null);
  return {
    diverged, found: found.length, matched: used.length,
    learned: found.filter((p) => capture[p] > CAPTURED).length,
    jumped: found.filter((p) => (
      riseShare(tau, rows.map((row) => row[fields.peak.offset + p]), crossing[p]) > LATE)).length,
    left: mse[0] > 0 ? mse[count - 1] / mse[0] : 1,
    slope: diverged ? null : fit(plan, tau, mse)?.value ?? null,
    grown: used.map((p) => n2[iota[p]] / a[p]).filter((share) => share > NEAR_NORM[0] && share < NEAR_NORM[1]).length,
    counts: Array.from(record.last("census")),
    strayed: found.filter((p) => !(iota[p] >= 0 && u[neurons.indexOf(iota[p]) * P + p] > EMERGED)).length,
  };
}
