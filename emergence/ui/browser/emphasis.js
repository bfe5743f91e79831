// @ts-check
// What is pointed at stands out in every picture: the rest is dimmed, its cells are framed.

import { DIM, roles } from "./changes.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./types.js").Shape} Shape */

/** @type {import("./types.js").Role[]} */
const LINES = ["others", "matched", "norm", "unused", "clock"];
const DIM_BAR = 0.25;

/**
 * Dim the lines of all directions but p, of none if it is null; the one over them has this colour, and
 * is empty until it is drawn.
 * @param {Pick<Sheet, "div" | "opacity">} sheet
 * @param {number | null} p
 * @param {string} colour
 */
export function dimLines({ div, opacity }, p, colour) {
  for (const [index, meta] of LINES.flatMap((role) => roles(div, role))) {
    const near = p === null || ("p" in meta && meta.p === p);
    div.data[index].opacity = (opacity[index] ?? 1) * (near ? 1 : DIM);
  }
  for (const [index] of roles(div, "highlight")) {
    const trace = div.data[index];
    Object.assign(trace, { x: [], y: [], line: { ...trace.line, color: colour } });
  }
}

/**
 * Dim the bars of all directions but p.
 * @param {Pick<Sheet, "div" | "opacity">} sheet
 * @param {number | null} p
 * @param {number} P
 */
export function dimBars({ div, opacity }, p, P) {
  for (const [index] of [...roles(div, "winner"), ...roles(div, "shared")]) {
    const whole = opacity[index] ?? 1;
    const each = Array.from({ length: P }, (_, q) => whole * (p === null || q === p ? 1 : DIM_BAR));
    div.data[index].marker = { ...div.data[index].marker, opacity: each };
  }
}

/**
 * The heatmap's shapes with a frame around a row and a column, in place of those that it had.
 * @param {Shape[]} shapes
 * @param {string} color
 * @param {number | undefined} row
 * @param {number | null} column
 */
export function framed(shapes, color, row, column) {
  const frame = { type: "rect", name: "frame", line: { color, width: 2 } };
  const found = shapes.filter(({ name }) => name !== "frame");
  if (row !== undefined) found.push({ ...frame, xref: "paper", x0: 0, x1: 1, y0: row - 0.5, y1: row + 0.5 });
  if (column !== null) found.push({ ...frame, yref: "paper", y0: 0, y1: 1, x0: column + 0.5, x1: column + 1.5 });
  return found;
}
