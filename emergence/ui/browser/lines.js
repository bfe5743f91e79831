// @ts-check
// Moving a Plotly figure's lines without a full redraw.
//
// Plotly.redraw lays out axes, legend and every trace again: 20 to 90 ms for the overlaps. While a
// run plays, only the lines grow, so their SVG paths are rewritten in place (1 to 5 ms) with the
// figure's own axes; the data is stored in the traces as well, and the next full redraw (several a
// second, and whenever the picture stops) draws the same lines and gives hover the new points.

/** @typedef {import("./types.js").Axis} Axis */
/** @typedef {import("./types.js").Changes} Changes */
/** @typedef {import("./types.js").Div} Div */

/**
 * The SVG path through the points, in the pixels of the figure's axes.
 * @param {number[]} x
 * @param {number[]} y
 * @param {Axis} xaxis
 * @param {Axis} yaxis
 */
export function path(x, y, xaxis, yaxis) {
  let d = "";
  let pen = "M";
  for (let i = 0; i < x.length; i += 1) {
    const px = xaxis.c2p(x[i]);
    const py = yaxis.c2p(y[i]);
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      pen = "M";
      continue;
    }
    d += `${pen}${px.toFixed(1)},${py.toFixed(1)}`;
    pen = "L";
  }
  return d;
}

/**
 * Store new points in traces.
 * @param {Div} div
 * @param {Changes} changes
 */
export function store(div, changes) {
  for (const [index, { x, y, customdata }] of changes) {
    Object.assign(div.data[index], { x, y, customdata });
  }
}

/**
 * Redraw just these traces' lines and markers. False when the figure must be redrawn in full: a
 * trace that was empty so far has no path yet.
 * @param {Div} div
 * @param {Changes} changes
 */
export function move(div, changes) {
  let complete = true;
  for (const [index, { x, y }] of changes) {
    const trace = div._fullData[index];
    if (!trace || trace.visible !== true || !x.length) continue;
    const layout = div._fullLayout;
    const xaxis = layout[`xaxis${trace.xaxis.slice(1)}`];
    const yaxis = layout[`yaxis${trace.yaxis.slice(1)}`];
    const group = div.querySelector(`.trace${trace.uid}`);
    const line = group?.querySelector(".js-line");
    const marker = group?.querySelector(".points path");
    if (line) line.setAttribute("d", path(x, y, xaxis, yaxis));
    else if (marker) marker.setAttribute("transform", `translate(${xaxis.c2p(x[0])},${yaxis.c2p(y[0])})`);
    else complete = false;
  }
  return complete;
}
