// @ts-check
// What Plotly leaves to the canvas while a picture moves.

/** @typedef {import("./types.js").Role} Role */

/** Lines that are on the canvas then. @type {Role[]} */
const MOVING = ["others", "matched", "highlight", "corrected", "mse", "beside", "head", "heads", "slope", "norm", "unused", "clock"];

/**
 * Take from a figure's traces what the canvas shows.
 * @param {import("./sheet.js").Sheet} sheet
 * @param {import("./types.js").Experiment} data
 */
export function strip(sheet, { neurons, directions, a }) {
  sheet.inked = true;
  for (const trace of sheet.div.data) {
    const role = trace.meta?.role;
    if (!role) continue;
    if (MOVING.includes(role)) Object.assign(trace, { x: [], y: [] });
    if (role === "overlaps") {
      // Plotly leaves out the names and the scale of a heatmap without a number: there is one out of sight.
      trace.z = [...neurons.map(() => directions.map(() => null)), directions.map(() => 0)];
      trace.y = [...neurons.map(String), ""];
    }
    if (role === "winner" || role === "shared") Object.assign(trace, { y: a.map(() => 0), text: [] });
    if (role === "neurons" || role === "dots") trace.marker = { ...trace.marker, opacity: 0, line: { width: 0, color: "" } };
  }
}
