// @ts-check
// The step size at which a fitted student loses its stability, and what is said of a run that diverged
// (`theory/stability.py`, `runs/plan.py`, `runs/simulation.py`).

import { slopeOf } from "./link.js";
import { sum } from "./numeric.js";
import { fixed, general, grouped, plural, short } from "./phrases.js";

/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./numeric.js").Numbers} Numbers */

/** Share of the bound that is worth a try. */
const MARGIN = 0.2;
const MEASURED = "0 of 2,400 runs of 24 kinds diverged within 500,000 steps";
const [LEAST_C, MOST_C] = [1e-6, 1e4];

/**
 * @param {Numbers} one
 * @param {Numbers} other
 */
function product(one, other) {
  const all = new Float64Array(one.length + other.length - 1);
  for (let i = 0; i < one.length; i += 1) for (let j = 0; j < other.length; j += 1) all[i + j] += one[i] * other[j];
  return all;
}

/**
 * E p(z) for z ~ N(0, 1): of z^n it is (n - 1)!! for even n, 0 for odd ones.
 * @param {Numbers} polynomial
 */
function mean(polynomial) {
  let [total, moment] = [0, 1];
  for (let n = 0; n < polynomial.length; n += 2) {
    total += polynomial[n] * moment;
    moment *= n + 1;
  }
  return total;
}

/** E[sigma'^4] / E[sigma'^2]^2. @param {Plan["link"]} link */
function slopeKurtosis({ c }) {
  // sigma' = sum_i c_i sqrt(i) h_{i-1}, and h_{i+1} sqrt(i + 1) = z h_i - sqrt(i) h_{i-1}.
  const steep = new Float64Array(c.length - 1);
  let [before, h] = [new Float64Array(1), Float64Array.of(1)];
  for (let i = 1; i < c.length; i += 1) {
    h.forEach((each, n) => { steep[n] += c[i] * Math.sqrt(i) * each; });
    const next = product(h, [0, 1 / Math.sqrt(i)]);
    before.forEach((each, n) => { next[n] -= (each * Math.sqrt(i - 1)) / Math.sqrt(i); });
    [before, h] = [h, next];
  }
  const square = product(steep, steep);
  return mean(product(square, square)) / mean(square) ** 2;
}

/** c from which on SGD is unstable in the mean square around the fitted student. @param {Pick<Plan, "e" | "a" | "link">} plan */
export function boundC({ e: { d, B, J }, a, link }) {
  const noise = (d * (a[0] * slopeKurtosis(link) + sum(a.subarray(1)))) / B;
  return (2 / (slopeOf(link, 1) * (noise + a[0]))) * d ** (J / 2);
}

/** The c up to which a larger one makes a run of SGD shorter, and is not warned of; 0 for none. @param {Pick<Plan, "e" | "a" | "link">} plan */
export const shortestC = (plan) => (plan.e.steps ? 0 : Math.min(MARGIN * boundC(plan), MOST_C));

/** A c that is worth a try in place of one with which a run diverged. @param {Plan} plan */
export const calmC = (plan) => Math.min(MARGIN * boundC(plan), plan.e.c / 2);

/** What to try where the step size is too large: a sentence. @param {Plan} plan */
export function remedy(plan) {
  const { d, J } = plan.e;
  const c = calmC(plan);
  if (c < LEAST_C) return "Try a larger batch size B";
  const measured = c < plan.e.c / 2 ? `: at ${MARGIN} times the mean-square bound ${MEASURED}` : "";
  return `Try c = ${short(c, 2)}, that is η = ${general(c * d ** (-J / 2), 2)}${measured}; or a larger batch size B`;
}

/**
 * What is said of a run that has diverged.
 * @param {Plan} plan
 * @param {number} step
 * @param {string} what happened
 */
export const divergence = (plan, step, what) => (
  `the run diverged after ${plural(step, "step")}, ${what}: the step size η = ${short(plan.eta)} (c = ${short(plan.e.c)}) `
  + `is too large for the noise of batches of ${plan.e.B}. ${remedy(plan)}`);

/** How much the loss has grown, in words. @param {number} times */
export function grown(times) {
  if (!Number.isFinite(times)) return "the loss is no number any more";
  return `the loss is ${times < 1e6 ? grouped(fixed(times, 0)) : general(times, 1)} times that of the start`;
}
