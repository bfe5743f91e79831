// @ts-check
// A pinned run under the one that is watched: grey, thin and dashed, on a canvas of its own.

import { loss, matchedNorms, matchedOverlaps, neuronPlaces, overlapRows } from "./changes.js";
import { stroke } from "./ink.js";

/** @typedef {import("./changes.js").Scene} Scene */
/** @typedef {import("./types.js").Changes} Changes */
/** @typedef {import("./types.js").Div} Div */
/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {import("./types.js").Moment} Moment */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {import("./ink.js").Ink} Ink */

const WIDTH = 2;
const LEARNED = 0.5; // overlap from which on a cell of the heatmap is outlined
const BAR = 0.375; // half the width of an outlined bar

/** The pictures of one pinned run. */
export class Ghost {
  /**
   * @param {Experiment} data
   * @param {import("./store.js").Store} store
   */
  constructor(data, store) {
    this.data = data;
    this.store = store;
    this.place = new Map(data.neurons.map((k, i) => [/** @type {number | null} */ (k), i]));
    /** What is on each canvas. @type {Partial<Record<Name, string>>} */
    this.drawn = {};
  }

  /**
   * The run in one of its pictures, as those of a watched one are (see changes.js).
   * @param {Name} name
   * @returns {Scene}
   */
  scene(name) {
    const { data, store, place } = this;
    const div = /** @type {Div} */ (/** @type {unknown} */ ({ data: data.figures[name].data }));
    return { div, data, store, place, highlight: null, colour: data.idle.colour };
  }

  /**
   * Draw it under a picture as of a step; nothing where that is there already.
   * @param {Name} name
   * @param {Ink} ink
   * @param {number} step
   */
  paint(name, ink, step) {
    if (!this.store.count) return;
    const { ghost: pen } = ink;
    const axes = ["x", "y", "x2", "y2"].map((axis) => ink.axis(axis)).filter((axis) => axis);
    const frame = axes.map(({ range, _offset, _length }) => [range, _offset, _length]);
    const moving = name === "heatmap" || name === "matching" || name === "map";
    const now = this.store.at(step);
    const key = JSON.stringify([ink.size, frame, this.store.reached, moving && now[0]]);
    if (this.drawn[name] === key) return;
    this.drawn[name] = key;
    ink.clear(pen);
    pen.globalAlpha = 1;
    if (moving) this[name](ink, now);
    else this.lines(name, ink);
  }

  /**
   * @param {"overlaps" | "loss" | "norms"} name
   * @param {Ink} ink
   */
  lines(name, ink) {
    const scene = this.scene(name);
    const { rows, now } = this.store.upTo(Infinity);
    const changes = {
      overlaps: () => matchedOverlaps(scene, rows), norms: () => matchedNorms(scene, rows),
      loss: () => loss(scene, { rows, now }),
    }[name]();
    for (const [index, points] of changes) {
      const trace = scene.div.data[index];
      const [x, y] = ink.axes(trace);
      if (points.x.length < 2) continue;
      ink.within(ink.ghost, x, y);
      stroke(ink.ghost, points, x, y, { color: scene.colour, width: WIDTH, dash: "dash", opacity: 0.9 });
      ink.ghost.restore();
    }
  }

  /**
   * Outlines of what has been learned.
   * @param {Ink} ink
   * @param {import("./types.js").Row} now
   */
  heatmap(ink, now) {
    const [x, y] = [ink.axis("x"), ink.axis("y")];
    const pen = this.begin(ink, x, y);
    overlapRows(this.scene("heatmap"), now).forEach((row, i) => row.forEach((value, j) => {
      if (value < LEARNED) return;
      const [left, right, top, bottom] = [x.c2p(j + 0.5), x.c2p(j + 1.5), y.c2p(i - 0.5), y.c2p(i + 0.5)];
      const box = /** @type {const} */ ([left + 1, Math.min(top, bottom) + 1, right - left - 2, Math.abs(bottom - top) - 2]);
      pen.setLineDash([]);
      pen.strokeStyle = "white";
      pen.strokeRect(...box);
      pen.setLineDash([4, 4]);
      pen.strokeStyle = "black";
      pen.strokeRect(...box);
    }));
    pen.restore();
  }

  /**
   * @param {Ink} ink
   * @param {import("./types.js").Row} now
   */
  matching(ink, now) {
    const [x, y] = [ink.axis("x"), ink.axis("y")];
    const pen = this.begin(ink, x, y);
    this.store.part(now, "capture").forEach((value, p) => {
      const [left, right, bottom, top] = [x.c2p(p + 1 - BAR), x.c2p(p + 1 + BAR), y.c2p(0), y.c2p(value)];
      pen.strokeRect(left - 2, top, right - left + 4, bottom - top);
    });
    pen.restore();
  }

  /**
   * Hollow dots.
   * @param {Ink} ink
   * @param {import("./types.js").Row} now
   */
  map(ink, now) {
    const [x, y] = [ink.axis("x"), ink.axis("y")];
    const pen = this.begin(ink, x, y);
    const pixels = x.c2p(1) - x.c2p(0);
    for (const neuron of neuronPlaces(this.scene("map"), now)) {
      pen.beginPath();
      pen.arc(x.c2p(neuron.x), y.c2p(neuron.y), Math.max(neuron.radius * pixels, 3) + 2, 0, 2 * Math.PI);
      pen.stroke();
    }
    pen.restore();
  }

  /**
   * @param {Ink} ink
   * @param {import("./types.js").Axis} x
   * @param {import("./types.js").Axis} y
   */
  begin(ink, x, y) {
    const { ghost: pen } = ink;
    ink.within(pen, x, y);
    pen.strokeStyle = this.data.idle.colour;
    pen.lineWidth = WIDTH;
    pen.setLineDash([5, 3]);
    return pen;
  }
}

/**
 * A layout whose axes are wide enough for another one's curves as well.
 * @param {Layout} layout
 * @param {Layout} other
 * @returns {Layout}
 */
export function widened(layout, other) {
  /** @type {Record<string, any>} */
  const wide = { ...layout };
  /** @type {[string, any][]} */
  const axes = Object.entries(other);
  for (const [name, axis] of axes) {
    const own = wide[name];
    if (!/^[xy]axis\d*$/.test(name) || !own?.range || !axis?.range) continue;
    const [[a, b], [c, d]] = [own.range, axis.range];
    const range = a <= b ? [Math.min(a, c), Math.max(b, d)] : [Math.max(a, c), Math.min(b, d)];
    wide[name] = { ...own, range };
    for (const [key, widest] of /** @type {const} */ ([["minallowed", Math.min], ["maxallowed", Math.max]])) {
      if (own[key] !== undefined && axis[key] !== undefined) wide[name][key] = widest(own[key], axis[key]);
    }
  }
  return /** @type {Layout} */ (wide);
}
