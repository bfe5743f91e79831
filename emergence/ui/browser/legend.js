// @ts-check
// The names of a lesson's picture on the page: at its lines, or below it with a sample of each.

import { Ground, path, placed } from "./captions.js";

/** @typedef {import("./labels.js").Box} Box */
/** @typedef {import("./captions.js").Entry} Entry */
/** @typedef {import("./captions.js").Pixel} Pixel */
/** @typedef {import("./types.js").Axis} Axis */

/**
 * A trace as Plotly keeps it.
 * @typedef {object} Series
 * @property {string} type
 * @property {string} [mode]
 * @property {string} [name]
 * @property {boolean | "legendonly"} visible
 * @property {boolean} [showlegend]
 * @property {number} [legendrank]
 * @property {{end?: string}} [meta] `end`: a name that stands at the line's end if it has room there
 * @property {ArrayLike<number>} [x]
 * @property {ArrayLike<number>} [y]
 * @property {string} [xaxis]
 * @property {string} [yaxis]
 * @property {{color?: string, width?: number, dash?: string}} [line]
 * @property {{color?: unknown, size?: unknown, symbol?: unknown, line?: {color?: unknown}}} [marker]
 * @property {number | ArrayLike<number>} [width] of bars
 */

/** @typedef {HTMLElement & {_fullData: Series[], _fullLayout: Record<string, any>}} Host */
/** @typedef {{text: string, colour: string, box: Box}} Written */

/** The one colour of a trace, of none the text's. @param {Series} trace */
export function colourOf({ mode = "", line, marker }) {
  const all = [mode.includes("lines") ? line?.color : undefined, marker?.color, marker?.line?.color];
  const seen = all.find((each) => typeof each === "string" && !/, ?0\)$/.test(each));
  return typeof seen === "string" ? seen : "currentColor";
}

/** The axes of a trace. @param {Host} host @param {Series} trace @returns {[Axis, Axis]} */
const axesOf = ({ _fullLayout }, { xaxis = "x", yaxis = "y" }) => [_fullLayout[xaxis.replace("x", "xaxis")], _fullLayout[yaxis.replace("y", "yaxis")]];

/** The panel between two axes. @param {[Axis, Axis]} axes @returns {Box} */
const panel = ([x, y]) => ({ left: x._offset, right: x._offset + x._length, top: y._offset, bottom: y._offset + y._length });

/** @param {Series} trace @param {[Axis, Axis]} axes @returns {Pixel[]} */
const pixels = ({ x = [], y = [] }, axes) => Array.from(x, (value, i) => [
  axes[0]._offset + axes[0].c2p(value), axes[1]._offset + (y[i] === null ? NaN : axes[1].c2p(y[i])),
]);

/**
 * What a trace draws, in pixels.
 * @param {Series} trace
 * @param {[Axis, Axis]} axes
 */
function drawn(trace, axes) {
  const frame = panel(axes);
  const points = pixels(trace, axes);
  return trace.mode?.includes("lines") ? path(points, frame) : points.filter(([x, y]) => Number.isFinite(y)
    && x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom);
}

/**
 * Where a figure has ink: its lines, marks and bars, and the lines of its shapes.
 * @param {Host} host
 */
function ground(host) {
  const { width, height } = host._fullLayout;
  const found = new Ground(width, height);
  for (const trace of host._fullData) {
    if (trace.visible !== true || !["scatter", "bar"].includes(trace.type)) continue;
    const axes = axesOf(host, trace);
    if (trace.type === "bar") {
      const base = axes[1]._offset + axes[1].c2p(0);
      pixels(trace, axes).forEach(([x, y], i) => {
        const wide = typeof trace.width === "object" ? trace.width[i] : trace.width ?? 0;
        const at = Number(trace.x?.[i]);
        const half = Math.abs(axes[0].c2p(at + wide / 2) - axes[0].c2p(at - wide / 2)) / 2;
        if (Number.isFinite(y) && y !== base) found.fill({ left: x - half, right: x + half, top: Math.min(y, base), bottom: Math.max(y, base) });
      });
      continue;
    }
    if (trace.line?.width === 0) continue; // the edge of a band
    const marks = trace.mode?.includes("markers") ? Math.min(Number(trace.marker?.size) || 8, 20) / 2 : 1;
    const lined = trace.mode?.includes("lines");
    for (const [x, y] of drawn(trace, axes)) found.fill({ left: x - 1, right: x + 1, top: y - 1, bottom: y + 1 });
    if (lined && !trace.mode?.includes("markers")) continue;
    const frame = panel(axes);
    for (const [x, y] of pixels(trace, axes)) {
      if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) continue;
      found.fill({ left: x - marks, right: x + marks, top: y - marks, bottom: y + marks });
    }
  }
  const here = host.getBoundingClientRect();
  for (const shape of host.querySelectorAll(".shapelayer path")) {
    const { left, top, right, bottom } = shape.getBoundingClientRect();
    if (right - left > 6 && bottom - top > 6) continue; // a ground, on which names may stand
    found.fill({ left: left - here.left, right: right - here.left, top: top - here.top, bottom: bottom - here.top });
  }
  return found;
}

/**
 * What is written in a figure already.
 * @param {Host} host
 * @returns {Box[]}
 */
function words(host) {
  const here = host.getBoundingClientRect();
  return [...host.querySelectorAll("svg text")].map((each) => each.getBoundingClientRect()).filter(({ width }) => width)
    .map(({ left, top, right, bottom }) => ({ left: left - here.left, right: right - here.left, top: top - here.top, bottom: bottom - here.top }));
}

/**
 * The names of a figure: those that stand in it, and the traces whose names have no room there.
 * @param {Host} host
 * @param {number} size of the letters
 * @param {boolean | undefined} all whether every trace with a name is named
 * @param {Set<string | undefined>} below those that have no room
 * @returns {{inside: Written[], below: Series[]}}
 */
export function names(host, size, all, below) {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = `600 ${size}px ${host._fullLayout.font.family}`;
  const measure = (/** @type {string} */ text) => (pen?.measureText(text).width ?? 0) + 2;
  const traces = host._fullData.filter(({ visible, name, showlegend, meta }) => visible === true && ((all && name && showlegend) || meta?.end));
  traces.sort((a, b) => (a.legendrank ?? 1000) - (b.legendrank ?? 1000));
  /** @type {Entry[]} */
  const entries = traces.map((trace) => {
    const axes = axesOf(host, trace);
    const { left, top, right, bottom } = panel(axes);
    const frame = { left: left + 2, top: top + 1, right: right - 1, bottom: bottom - 2 };
    const own = trace.meta?.end ?? trace.name ?? "";
    return { text: own, path: trace.type === "scatter" && !below.has(trace.name) ? drawn(trace, axes) : [], frame, measure, spare: Boolean(trace.meta?.end) };
  });
  const found = placed(entries, size * 1.2, ground(host), words(host));
  /** @type {{inside: Written[], below: Series[]}} */
  const names = { inside: [], below: [] };
  found.forEach((caption, i) => {
    if (caption) names.inside.push({ text: caption.text, colour: colourOf(traces[i]), box: caption.box });
    else if (!entries[i].spare) names.below.push(traces[i]);
  });
  return names;
}

/**
 * Write the names that stand in the picture.
 * @param {HTMLElement} layer over the picture
 * @param {Written[]} names
 * @param {number} size
 */
export function writeInside(layer, names, size) {
  layer.style.fontSize = `${size}px`;
  layer.replaceChildren(...names.map(({ text, colour, box }) => {
    const span = document.createElement("span");
    span.textContent = text;
    // Light colours are told better from a light ground with some of the text's in them.
    span.style.color = `color-mix(in srgb, ${colour} 72%, var(--st-text-color))`;
    span.style.left = `${box.left.toFixed(1)}px`;
    span.style.top = `${box.top.toFixed(1)}px`;
    return span;
  }));
}

/** Strokes of a dash, in pixels. @type {Record<string, string>} */
const DASHES = { dash: "7 4", dot: "2 3", dashdot: "7 3 2 3" };
/** Outlines of a mark around 13, 6. @type {Record<string, string>} */
const MARKS = {
  circle: "M8.5 6a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", square: "M9 2h8v8h-8z", diamond: "M13 0.8l5.2 5.2l-5.2 5.2l-5.2-5.2z",
  "triangle-up": "M13 1.5l5 8.5h-10z", x: "M9 2l8 8M17 2l-8 8",
};

/**
 * A sample of what a trace draws.
 * @param {Series} trace
 */
export function sample(trace) {
  const { mode = "lines", line, marker } = trace;
  const colour = colourOf(trace);
  const symbol = typeof marker?.symbol === "string" ? marker.symbol : "circle";
  const kind = symbol.replace(/-(open|thin).*/, "");
  const hollow = symbol.includes("open") || kind === "x";
  const stroke = mode.includes("lines") && trace.type !== "bar"
    ? `<path d="M0 6h26" stroke="${colour}" stroke-width="${Math.min(line?.width ?? 2, 5)}" stroke-dasharray="${DASHES[line?.dash ?? ""] ?? ""}"/>` : "";
  const mark = trace.type === "bar" ? "M5 1h16v10h-16z" : mode.includes("markers") ? MARKS[kind] ?? MARKS.circle : "";
  return `<svg viewBox="0 0 26 12" width="26" height="12" fill="none" aria-hidden="true">${stroke}${mark
    && `<path d="${mark}" fill="${hollow ? "none" : colour}" stroke="${colour}" stroke-width="2"/>`}</svg>`;
}

/**
 * Write the names that stand below the picture.
 * @param {HTMLElement} key
 * @param {Series[]} traces
 */
export function writeBelow(key, traces) {
  key.replaceChildren(...traces.map((trace) => {
    const entry = document.createElement("span");
    entry.innerHTML = sample(trace);
    entry.append(trace.name ?? "");
    return entry;
  }));
  key.hidden = !traces.length;
}

/**
 * A figure to save, with what is written over and below its picture.
 * @param {{data: object[], layout: import("./types.js").Layout}} drawn
 * @param {number} size of the letters
 * @param {Written[]} inside
 * @param {Series[]} below
 * @param {{width: number, height: number, ground: string}} room and the colour of the page's ground
 */
export function whole({ data, layout }, size, inside, below, { width, height, ground }) {
  const { l, r, t, b } = layout.margin;
  const notes = inside.map(({ text, colour, box }) => ({
    text: text.replace("\n", "<br>"), showarrow: false, align: "left", font: { size, ...(colour === "currentColor" ? {} : { color: colour }) },
    xref: "paper", yref: "paper", xanchor: "left", yanchor: "top", borderpad: 0,
    x: (box.left - l - 1) / (width - l - r), y: 1 - (box.top - t - 1) / (height - t - b),
  }));
  const named = new Set(below.map(({ name }) => name));
  return {
    data: data.map((trace) => ({ ...trace, showlegend: named.has(Reflect.get(trace, "name")) && Reflect.get(trace, "showlegend") !== false })),
    layout: {
      ...layout, paper_bgcolor: ground,
      font: { ...layout.font, family: "Arial, sans-serif" }, // a file has not the page's letters
      annotations: [...(layout.annotations ?? []), ...notes], showlegend: below.length > 0,
      legend: { orientation: "h", x: 0, y: -b / (height - t - b), yanchor: "top", font: { size }, bgcolor: "transparent" },
    },
  };
}
