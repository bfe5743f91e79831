// @ts-check
// A teacher: its link function and its strengths (`theory/hermite.py`, `theory/teacher.py`).

import { derivative, filled, polynomial } from "./numeric.js";

/** @typedef {import("./plan.js").Wanted} Wanted */

/**
 * A link function sigma = sum_i c_i h_i.
 * @typedef {object} Link
 * @property {Float64Array} c
 * @property {Float64Array} squares c_i^2, the coefficients of K
 * @property {Float64Array} slopes those of K'
 * @property {number} J
 * @property {number} terms of degree 1 or more
 * @property {number} top K(1)
 */

/**
 * @param {[degree: number, c: number][]} coefficients
 * @returns {Link}
 */
export function linkOf(coefficients) {
  const terms = coefficients.filter(([, value]) => value);
  const c = new Float64Array(1 + Math.max(...terms.map(([degree]) => degree)));
  for (const [degree, value] of terms) c[degree] = value;
  const squares = c.map((value) => value * value);
  const degrees = terms.map(([degree]) => degree).filter(Boolean);
  return {
    c, squares, slopes: derivative(squares), J: Math.min(...degrees), terms: degrees.length,
    top: polynomial(squares, 1),
  };
}

/**
 * K(s) = sum_i c_i^2 s^i.
 * @param {Link} link
 * @param {number} s
 */
export const K = ({ squares }, s) => polynomial(squares, s);

/**
 * K'(s).
 * @param {Link} link
 * @param {number} s
 */
export const slopeOf = ({ slopes }, s) => polynomial(slopes, s);

/** Whether sigma has terms of odd degree, so that it sees the sign of an overlap. @param {Link} link */
export const seesSign = ({ c }) => c.some((value, degree) => degree % 2 && value);

/**
 * Strengths a_p proportional to p^-beta, in the paper's normalisation of sum 1 of their squares.
 * @param {Pick<Wanted, "P" | "beta" | "normalisation">} wanted
 */
export function strengths({ P, beta, normalisation }) {
  const a = filled(P, (p) => (p + 1) ** -beta);
  if (normalisation === "slides") return a;
  const size = Math.sqrt(a.reduce((total, each) => total + each * each, 0));
  return a.map((each) => each / size);
}
