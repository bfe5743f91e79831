// @ts-check
// Names at the lines of a picture, in place of a legend.

import { roles } from "./changes.js";
import { beside, besideOrBelow, near, overlap, roomy, spread } from "./labels.js";

/** @typedef {import("./changes.js").Scene} Scene */
/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {{text: string, color: string, x: number, y: number, want: number}} Label */

const RISEN = 0.08; // overlap from which on a line is told from the others
const ROOM = 1.25; // heights of a letter that a name takes
const FEW = 8; // lines that are all named, whatever the crowd
const FAR = 2.4; // heights of a letter that a name of more of them may stand from its line's end
const ALL = 9; // the same of so few
const LETTER = 0.62; // of its height, the width of a letter
const AWAY = 9; // pixels from a line's end to its name

/** The names of one picture. */
export class Names {
  /** @param {HTMLElement} layer over the picture */
  constructor(layer) {
    this.layer = layer;
    /** @type {HTMLElement[]} */
    this.spans = [];
    /** The names that do not move, and their widths. @type {{text: string, color: string, x: number, y: number, width: number}[]} */
    this.still = [];
  }

  /**
   * @param {{text: string, color: string, x: number, y: number}[]} labels
   * @param {number} size of the letters
   */
  write(labels, size) {
    const { layer, spans } = this;
    layer.style.fontSize = `${size}px`;
    const all = [...this.still, ...labels];
    while (spans.length < all.length) {
      const span = document.createElement("span");
      layer.append(span);
      spans.push(span);
    }
    spans.forEach((span, i) => {
      const label = all[i];
      span.hidden = !label;
      if (!label) return;
      if (span.textContent !== label.text) span.textContent = label.text;
      span.style.color = label.color;
      span.style.transform = `translate(${label.x.toFixed(1)}px, ${label.y.toFixed(1)}px) translateY(-50%)`;
    });
  }

  clear() {
    this.still = [];
    this.write([], 12);
  }
}

/**
 * Names at the ends of the thick lines of overlaps and norms.
 * @param {Scene} scene
 * @param {Name} name
 * @param {Row} now
 * @param {number} size of the letters
 */
export function endNames({ div, data, store, place }, name, now, size) {
  const { xaxis, yaxis, width } = div._fullLayout;
  const step = Math.max(now[0], data.first);
  const end = xaxis._offset + xaxis.c2p(step) + AWAY;
  const Q = data.directions.length;
  /** @type {Label[]} */
  const labels = [];
  const lines = name === "overlaps" ? roles(div, "matched") : roles(div, "norm");
  for (const [, meta] of lines) {
    const { p } = meta;
    const k = data.iota[p] ?? null;
    const i = place.get(k);
    let value;
    if ("scale" in meta) value = now[store.fields.n2.offset + meta.k] * meta.scale;
    else if (i !== undefined) value = now[store.fields.u.offset + i * Q + p];
    else continue;
    const y = yaxis.c2p(value);
    if (!Number.isFinite(y)) continue;
    const u = i === undefined ? 0 : now[store.fields.u.offset + i * Q + p];
    // Those on their way are wanted most, then the strongest.
    const want = (u > RISEN && u < 1 - RISEN ? 2 : u > RISEN ? 1 : 0) - p / 1e4;
    labels.push({ text: String(p + 1), color: data.colours[p], x: end, y, want });
  }
  // Ends closer than a letter are as good as one: there the names stand in their own order.
  const ends = labels.map(({ y }) => Math.round(y / size) * size);
  // Not quite down to the axis, below which its own names stand.
  const { kept, heights } = near(ends, labels.map(({ want }) => want), size * ROOM, yaxis._length - size / 4, (labels.length > FEW ? FAR : ALL) * size);
  const few = kept.map((i) => labels[i]);
  const right = width - size * 0.65 * Math.max(...few.map(({ text }) => text.length), 1) - 2;
  return few.map((label, i) => ({ ...label, x: Math.min(label.x, right), y: yaxis._offset + heights[i] }));
}

/**
 * Names at the ends of the losses that have one: the thick line, the one below it, those beside.
 * @param {Scene} scene
 * @param {Row} now
 * @param {number} size of the letters
 */
export function lossEnds({ div, data, store }, now, size) {
  const { xaxis, yaxis } = div._fullLayout;
  const x = xaxis._offset + xaxis.c2p(Math.max(now[0], data.first)) + AWAY;
  const named = [...roles(div, "corrected"), ...roles(div, "mse"), ...roles(div, "beside")].flatMap(([index, meta]) => {
    const { end } = meta;
    const beyond = "beyond" in meta ? meta.beyond : 0;
    const { offset } = store.fields["field" in meta ? meta.field : "mse"] ?? { offset: NaN };
    const y = yaxis.c2p(now[offset] + beyond);
    return end && Number.isFinite(y) ? [{ text: end, color: div.data[index].line?.color ?? "", y }] : [];
  });
  const heights = spread(named.map(({ y }) => y), size * ROOM, 0, yaxis._length);
  return named.map((name, i) => ({ ...name, x, y: yaxis._offset + heights[i] }));
}

/**
 * The names that cover none of those that stand still.
 * @param {{text: string, color: string, x: number, y: number}[]} names
 * @param {{x: number, y: number, width: number}[]} still
 * @param {number} size of the letters
 */
export function clear(names, still, size) {
  /** @param {{text?: string, x: number, y: number, width?: number}} name */
  const box = ({ text = "", x, y, width = LETTER * size * text.length }) => ({
    left: x, right: x + width, top: y - (ROOM * size) / 2, bottom: y + (ROOM * size) / 2,
  });
  return names.filter((name) => still.every((other) => !overlap(box(name), box(other))));
}

/**
 * Names beside the lines of theory's losses, which do not move; short ones where the picture is small.
 * @param {Scene} scene
 * @param {number} size of the letters
 * @param {boolean} small
 * @param {(text: string) => number} measure pixels of a name
 */
export function lossNames({ div }, size, small, measure) {
  const { xaxis, yaxis } = div._fullLayout;
  /** @param {{x?: ArrayLike<number>, y?: ArrayLike<number>}} trace @returns {[number, number][]} */
  const pixels = ({ x = [], y = [] }) => Array.from(x, (value, i) => [
    xaxis._offset + xaxis.c2p(value), yaxis._offset + yaxis.c2p(y[i]),
  ]);
  const lines = div._fullData.flatMap((trace) => {
    if (trace.meta?.role !== "theory" || trace.visible !== true) return [];
    const text = (small ? trace.meta.curve : trace.name) ?? "";
    // Plotly has decoded in `_fullData` what Python sent.
    return [{ text, color: trace.line?.color ?? "", line: pixels(trace), width: measure(text) + 4 }];
  });
  const frame = {
    left: xaxis._offset, top: yaxis._offset, right: xaxis._offset + xaxis._length, bottom: yaxis._offset + yaxis._length,
  };
  const boxes = (small ? besideOrBelow : beside)(lines, size * ROOM, frame);
  return boxes.flatMap((box, i) => (box ? [{
    text: lines[i].text, color: lines[i].color, x: box.left + 2, y: (box.top + box.bottom) / 2, width: lines[i].width - 4,
  }] : []));
}

/**
 * Only the directions whose names have room on the circle.
 * @param {Sheet} sheet
 * @param {import("./dressing.js").Room} room
 * @param {string[]} colours of the directions
 */
export function nameDirections({ div, size }, room, colours) {
  const [[index, { x, y, p }]] = roles(div, "names");
  const [[, { edge }]] = roles(div, "dots");
  const apart = (1.35 * size * 2 * edge) / Math.min(room.width, room.height);
  const free = roomy(x, y, apart);
  Object.assign(div.data[index], {
    x: free.map((i) => x[i]), y: free.map((i) => y[i]), text: free.map((i) => String(p[i] + 1)),
    textfont: { color: free.map((i) => colours[p[i]]), size },
  });
}

/**
 * Names that do not move with the run.
 * @param {Sheet} sheet
 * @param {Scene} scene
 * @param {Name} hero the large picture
 */
export function nameStill(sheet, scene, hero) {
  sheet.names.still = [];
  if (sheet.name !== "loss") return;
  const pen = sheet.brush?.ink.fresh ?? document.createElement("canvas").getContext("2d");
  if (!pen) return;
  pen.font = `${sheet.size}px ${sheet.div._fullLayout.font.family}`;
  sheet.names.still = lossNames(scene, sheet.size, hero !== "loss", (text) => pen.measureText(text).width);
}

/**
 * Names at the ends of what moves.
 * @param {Sheet} sheet
 * @param {Scene} scene
 * @param {import("./types.js").Moment} moment
 * @param {Name} hero the large picture
 */
export function nameMoving({ name, names, size }, scene, { now }, hero) {
  if (name === "overlaps" || name === "norms") names.write(endNames(scene, name, now, size), size);
  else if (name === "loss" && name === hero) names.write(clear(lossEnds(scene, now, size), names.still, size), size);
  else names.write([], size);
}
