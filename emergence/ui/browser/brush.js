// @ts-check
// The pictures of a moving run on canvas, each painting in a few milliseconds.

import {
  arc, DIM, fits, LIT, loss, matchedNorms, matchedOverlaps, neuronPlaces, othersOf, overlapRows, passed, rim, roles,
} from "./changes.js";
import { bands, largest } from "./cells.js";
import { Growth } from "./growth.js";
import { dot, Ink, stroke } from "./ink.js";

/** @typedef {import("./changes.js").Scene} Scene */
/** @typedef {import("./growth.js").Sheaf} Sheaf */
/** @typedef {import("./types.js").Changes} Changes */
/** @typedef {import("./types.js").Moment} Moment */

const HEAD = 4.5; // radius of the dot at a line's end

/**
 * How much of its opacity a trace of direction p keeps beside what is pointed at.
 * @param {Scene} scene
 * @param {number} p
 */
const shade = ({ highlight }, p) => ((highlight?.p ?? p) === p ? 1 : DIM);

/**
 * How Plotly draws a trace's line. (Of a trace without points it keeps no look of its own.)
 * @param {Scene} scene
 * @param {number} index
 */
function look({ div, colour }, index) {
  const { line, opacity = 1, meta } = div.data[index];
  const { color = colour, width = 2, dash = "solid" } = line ?? {};
  return { color: meta?.role === "highlight" ? colour : color, width, dash, opacity };
}

/** Draws one picture on its canvases. */
export class Brush {
  /**
   * @param {import("./types.js").Name} name
   * @param {import("./types.js").Div} div
   */
  constructor(name, div) {
    this.name = name;
    this.ink = new Ink(div);
    if (name === "heatmap") div.after(this.ink.ghost.canvas); // its cells leave nothing to be seen below
    /** @type {Growth | null} */
    this.growth = null;
    this.past = "";
  }

  /** Forget what has grown: another run, another size, another axis, another thing pointed at. */
  forget() {
    this.growth = null;
  }

  /**
   * A pinned run under the picture, or none.
   * @param {import("./ghost.js").Ghost | null} ghost
   * @param {number} step
   */
  haunt(ghost, step) {
    if (this.ink.fit()) this.forget();
    if (ghost) ghost.paint(this.name, this.ink, step);
    else this.ink.clear(this.ink.ghost);
  }

  wipe() {
    this.forget();
    this.ink.wipe();
  }

  /**
   * @param {Scene} scene
   * @param {Moment} moment
   */
  paint(scene, moment) {
    const { ink } = this;
    if (ink.fit()) this.forget();
    const step = moment.now[0];
    if (this.growth && this.growth.step > step) this.forget(); // the viewer went back
    ink.clear(ink.fresh);
    this[this.name](scene, moment);
    ink.fresh.globalAlpha = 1;
  }

  /**
   * Thin curves that only grow, then thick ones with a dot at their ends.
   * @param {Scene} scene
   * @param {Moment} moment
   * @param {() => Sheaf[]} sheaves
   * @param {Changes} thick
   */
  lines(scene, { rows }, sheaves, thick) {
    const { ink } = this;
    const [x, y] = [ink.axis("x"), ink.axis("y")];
    if (!rows.length) return;
    if (!this.growth) {
      ink.clear(ink.grown);
      this.growth = new Growth(sheaves());
    }
    ink.within(ink.grown, x, y);
    this.growth.grow(ink.grown, rows, x, y);
    ink.grown.restore();
    ink.within(ink.fresh, x, y);
    for (const [index, points] of thick) this.thick(scene, index, points);
    ink.fresh.restore();
  }

  /**
   * @param {Scene} scene
   * @param {number} index
   * @param {import("./types.js").Points} points
   */
  thick(scene, index, points) {
    const { ink } = this;
    const trace = scene.div.data[index];
    const [x, y] = ink.axes(trace);
    const style = look(scene, index);
    stroke(ink.fresh, points, x, y, style);
    const last = points.x.length - 1;
    if (trace.meta?.role === "highlight" || last < 0) return;
    const radius = Math.max(HEAD, style.width * 1.2);
    dot(ink.fresh, x.c2p(points.x[last]), y.c2p(points.y[last]), radius, style.color, style.opacity);
  }

  /**
   * @param {Scene} scene
   * @param {Moment} moment
   */
  overlaps(scene, moment) {
    const sheaves = () => roles(scene.div, "others").map(([index, { p }]) => ({
      offsets: othersOf(scene, p).offsets, scale: 1, ...look(scene, index),
    }));
    this.lines(scene, moment, sheaves, matchedOverlaps(scene, moment.rows));
  }

  /**
   * @param {Scene} scene
   * @param {Moment} moment
   */
  norms(scene, moment) {
    const { offset } = scene.store.fields.n2;
    const sheaves = () => roles(scene.div, "unused").map(([index, { neurons, scale }]) => ({
      offsets: neurons.map((k) => offset + k), scale, ...look(scene, index),
    }));
    this.lines(scene, moment, sheaves, matchedNorms(scene, moment.rows));
  }

  /**
   * @param {Scene} scene
   * @param {Moment} moment
   */
  loss(scene, moment) {
    const { ink } = this;
    for (const [index, points] of loss(scene, moment)) {
      const { div } = scene;
      const trace = div.data[index];
      const [x, y] = ink.axes(trace);
      ink.within(ink.fresh, x, y);
      if (trace.meta?.role === "head") {
        dot(ink.fresh, x.c2p(points.x[0]), y.c2p(points.y[0]), 7, /** @type {string} */ (trace.marker?.color));
      } else stroke(ink.fresh, points, x, y, look(scene, index));
      ink.fresh.restore();
    }
  }

  /**
   * @param {Scene} scene
   * @param {Moment} moment
   */
  heatmap(scene, { now }) {
    const { ink, ink: { fresh: pen } } = this;
    const [x, y] = [ink.axis("x"), ink.axis("y")];
    const [[index]] = roles(scene.div, "overlaps");
    const { colorscale, xgap = 0, ygap = 0 } = scene.div.data[index];
    const table = colours(colorscale ?? []);
    ink.within(pen, x, y);
    const values = overlapRows(scene, now);
    const across = bands(scene.data.directions.length, (j) => x.c2p(j + 0.5), x._offset, ink.ratio);
    for (const row of bands(values.length, (i) => y.c2p(i - 0.5), y._offset, ink.ratio)) {
      for (const column of across) {
        const value = largest(values, row, column);
        pen.fillStyle = table[Math.min(Math.max(Math.round(value * (table.length - 1)), 0), table.length - 1)];
        pen.fillRect(column.low + xgap / 2, row.low + ygap / 2, column.high - column.low - xgap, row.high - row.low - ygap);
      }
    }
    pen.restore();
  }

  /**
   * @param {Scene} scene
   * @param {Moment} moment
   */
  matching(scene, { now }) {
    const { ink, ink: { fresh: pen } } = this;
    const { div, data, store, highlight, colour } = scene;
    const [share, capture, winner, owner] = (/** @type {const} */ (["share", "capture", "winner", "owner"]))
      .map((name) => store.part(now, name));
    const [x, y] = [ink.axis("x"), ink.axis("y")];
    const [[bars, { half }]] = roles(div, "winner");
    const [[, { opacity }]] = roles(div, "shared");
    const { size = div._fullLayout.font.size, color: inks } = div.data[bars].textfont ?? {};
    ink.within(pen, x, y);
    share.forEach((value, p) => {
      const [left, right] = [x.c2p(p + 1 - half), x.c2p(p + 1 + half)];
      const [bottom, middle, top] = [y.c2p(0), y.c2p(value), y.c2p(Math.max(capture[p], value))];
      pen.fillStyle = data.colours[p];
      pen.globalAlpha = shade(scene, p);
      pen.fillRect(left, middle, right - left, bottom - middle);
      pen.globalAlpha = opacity * shade(scene, p);
      pen.fillRect(left, top, right - left, middle - top);
      const text = String(winner[p]);
      pen.font = `${size}px ${div._fullLayout.font.family}`;
      if (value < data.serves || shade(scene, p) < 1 || !fits(text, size, right - left, bottom - middle)) return;
      pen.globalAlpha = 1;
      pen.fillStyle = inks?.[p] ?? "black";
      pen.textAlign = "center";
      pen.fillText(text, (left + right) / 2, bottom - 4);
    });
    pen.restore();
    const [[strip, { order }]] = roles(div, "neurons");
    const { x: columns, y: lines } = div._fullData[strip]; // decoded from what Python sent
    if (!columns || !lines) return;
    const [x2, y2] = [ink.axis("x2"), ink.axis("y2")];
    const side = Number(div.data[strip].marker?.size ?? 9);
    ink.within(pen, x2, y2);
    order.forEach((k, i) => {
      const [px, py] = [x2.c2p(columns[i]), y2.c2p(lines[i])];
      pen.globalAlpha = owner[k] < 0 ? data.idle.opacity : 1;
      pen.fillStyle = owner[k] < 0 ? data.idle.colour : data.colours[owner[k]];
      pen.fillRect(px - side / 2, py - side / 2, side, side);
      if (k !== (highlight?.k ?? null)) return;
      pen.strokeStyle = colour;
      pen.lineWidth = 3;
      pen.strokeRect(px - side / 2, py - side / 2, side, side);
    });
    pen.restore();
  }

  /**
   * @param {Scene} scene
   * @param {Moment} moment
   */
  map(scene, { now, rows }) {
    const { ink, ink: { fresh: pen } } = this;
    const { div, data, highlight, colour } = scene;
    const [[, layout]] = roles(div, "dots");
    const [x, y] = [ink.axis("x"), ink.axis("y")];
    const pixels = x.c2p(1) - x.c2p(0);
    ink.within(pen, x, y);
    for (const [index, { p }] of roles(div, "clock")) {
      stroke(pen, arc(layout, p, passed(data.T[p], now[0])), x, y, look(scene, index));
    }
    const lit = highlight?.k ?? null;
    const neurons = neuronPlaces(scene, now);
    // Those that fly leave a trail, from where they were a few snapshots ago.
    const before = neuronPlaces(scene, rows[Math.max(rows.length - TRAIL, 0)] ?? now);
    pen.lineWidth = layout.rim;
    pen.setLineDash([]);
    neurons.forEach((neuron, i) => {
      if (neuron.u < layout.leaves) return;
      pen.globalAlpha = 0.5 * shade(scene, neuron.near);
      pen.strokeStyle = data.colours[neuron.near];
      pen.beginPath();
      pen.moveTo(x.c2p(before[i].x), y.c2p(before[i].y));
      pen.lineTo(x.c2p(neuron.x), y.c2p(neuron.y));
      pen.stroke();
    });
    for (const { k, near, u, x: px, y: py, radius } of neurons) {
      const gone = u >= layout.leaves;
      const [cx, cy, size] = [x.c2p(px), y.c2p(py), Math.max(radius * pixels, layout.least)];
      const opacity = gone ? shade(scene, near) : highlight && k !== lit ? 2 * DIM : 1;
      dot(pen, cx, cy, size, gone ? data.colours[near] : data.idle.colour, layout.opacity * opacity);
      pen.globalAlpha = opacity;
      pen.strokeStyle = rim(data, k, lit, colour);
      pen.lineWidth = k === lit ? LIT : layout.rim;
      pen.stroke();
    }
    pen.restore();
  }
}

const TRAIL = 12; // snapshots

/** @type {Map<string, string[]>} */
const tables = new Map();

/**
 * 256 colours between those of a scale.
 * @param {[share: number, color: string][]} scale
 */
export function colours(scale) {
  const name = scale.join();
  const known = tables.get(name);
  if (known) return known;
  /** @param {string} color */
  const parts = (color) => (color.startsWith("#")
    ? [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16))
    : (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
  const table = Array.from({ length: 256 }, (_, i) => {
    const share = i / 255;
    const above = Math.max(scale.findIndex(([at]) => at >= share), 1);
    const [[low, from], [high, to]] = [scale[above - 1], scale[above]];
    const mix = parts(from).map((a, j) => a + ((parts(to)[j] - a) * (share - low)) / (high - low));
    return `#${mix.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
  });
  tables.set(name, table);
  return table;
}
