// @ts-check
// The five figures: built by Python, refilled here with the numbers up to the shown moment.

import {
  bundle, curve, movedFinely, movedNorm, movedOverlap, movedRelatively, thin,
} from "./curves.js";
import { move, store } from "./lines.js";
import { CONFIG, dress } from "./plot.js";
import { completed, target } from "./pointing.js";

/** @typedef {import("./types.js").Changes} Changes */
/** @typedef {import("./types.js").Div} Div */
/** @typedef {import("./types.js").Moment} Moment */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Role} Role */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Target} Target */

/** @type {Name[]} */
const NAMES = ["overlaps", "loss", "heatmap", "norms", "matching"]; // in the order of the page
/** @type {Name[]} */
const LINES = ["overlaps", "loss", "norms"]; // their lines move at every painting
/**
 * At every other painting of a moving picture one figure is redrawn in full, in this order.
 * @type {(Name | null)[]}
 */
const IN_TURN = [
  "heatmap", null, "matching", null, "overlaps", null, "heatmap", null, "matching", null, "loss", null,
  "heatmap", null, "matching", null, "norms", null,
];
const DIM = 0.15; // what is not pointed at
const DIM_BAR = 0.25;

/** @param {import("./types.js").Trace} trace */
function opacity({ opacity: whole, marker }) {
  return whole ?? (typeof marker?.opacity === "number" ? marker.opacity : 1);
}

export class Painter {
  /**
   * @param {HTMLElement} host
   * @param {import("./types.js").Plotly} Plotly
   * @param {(target: Target | null) => void} onHover
   * @param {() => void} onSeen
   * @param {Experiment} data
   * @param {Store} store
   */
  constructor(host, Plotly, onHover, onSeen, data, store) {
    this.host = host;
    this.Plotly = Plotly;
    this.onHover = onHover;
    const divs = NAMES.map((name) => [name, host.querySelector(`[data-figure=${name}]`)]);
    /** @type {Record<Name, Div>} */
    this.divs = Object.fromEntries(divs);
    this.data = data;
    this.store = store;
    this.colour = "";
    /** @type {Target | null} */
    this.highlight = null;
    /** Where each neuron stands among those that are sent. @type {Map<number | null, number>} */
    this.place = new Map();
    /** Opacity of each trace as Python built it. @type {Partial<Record<Name, number[]>>} */
    this.opacity = {};
    // A figure that was out of sight has not been drawn meanwhile.
    this.sight = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) onSeen();
    });
    this.resize = new ResizeObserver((entries) => {
      // A page that is being left has no size any more.
      for (const { target: div } of entries) {
        if ("data" in div && div.clientWidth) Plotly.Plots.resize(div);
      }
    });
  }

  /**
   * Show an experiment's (empty) figures.
   * @param {Experiment} data
   * @param {Store} store
   */
  async begin(data, store) {
    this.data = data;
    this.store = store;
    this.highlight = null;
    this.place = new Map(data.neurons.map((k, i) => [k, i]));
    for (const name of NAMES) {
      const div = this.divs[name];
      // The first pictures are on the screen before the others are begun.
      if (name === "heatmap") await new Promise((resolve) => { setTimeout(resolve); });
      if (this.data !== data) return;
      const figure = data.figures[name];
      figure.layout.uirevision = data.query;
      this.opacity[name] = figure.data.map(opacity);
      dress(figure.layout, this.host);
      const displayModeBar = this.host.clientWidth < 700 ? false : "hover";
      await this.Plotly.react(div, figure.data, figure.layout, { ...CONFIG, displayModeBar });
      if (!div.dataset.bound) this.bind(name, div);
    }
    this.colour = getComputedStyle(this.host).color;
  }

  /**
   * @param {Name} name
   * @param {Div} div
   */
  bind(name, div) {
    div.dataset.bound = "1";
    this.resize.observe(div);
    this.sight.observe(div);
    div.on("plotly_hover", ({ points }) => {
      this.onHover(completed(this.data.iota, target(this.data, name, points[0])));
    });
    div.on("plotly_unhover", () => this.onHover(null));
  }

  /**
   * Say what is known now: Python has the words, before the run's end and after it.
   * @param {import("./types.js").Titles} titles
   */
  entitle(titles) {
    for (const name of NAMES) {
      const div = this.divs[name];
      if (div.layout.title.text === titles[name]) continue;
      this.Plotly.relayout(div, { "title.text": titles[name] });
    }
  }

  /** Follow the theme when it changes. */
  follow() {
    const now = getComputedStyle(this.host).color;
    if (now === this.colour) return;
    this.colour = now;
    for (const name of NAMES) this.Plotly.relayout(this.divs[name], { "font.color": now });
  }

  /** @param {Div} div */
  visible(div) {
    const box = div.getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
  }

  /**
   * Draw the figures named (all, unless said otherwise) in full as of `step`.
   * @param {number} step
   */
  paint(step, names = NAMES) {
    if (!this.store.count) return;
    const moment = this.store.upTo(step);
    for (const name of names) this.redraw(name, moment);
  }

  /**
   * Painting number `turn` of a moving picture: all lines grow, one figure is redrawn in full.
   * @param {number} step
   * @param {number} turn
   */
  animate(step, turn) {
    if (!this.store.count) return;
    const moment = this.store.upTo(step);
    const full = IN_TURN[turn % IN_TURN.length];
    for (const name of LINES) {
      const div = this.divs[name];
      if (name === full || div._dragging || !this.visible(div)) continue;
      const changes = this[name](div, moment);
      store(div, changes);
      if (!move(div, changes)) this.Plotly.redraw(div);
    }
    if (full) this.redraw(full, moment);
  }

  /**
   * @param {Name} name
   * @param {Moment} moment
   */
  redraw(name, moment) {
    const div = this.divs[name];
    if (div._dragging || !this.visible(div)) return;
    store(div, this[name](div, moment));
    this.Plotly.redraw(div);
  }

  /**
   * The traces of a role, by number, and what they say of themselves.
   * @template {Role} R
   * @param {Div} div
   * @param {R} role
   */
  roles(div, role) {
    /** @type {[index: number, meta: import("./types.js").MetaOf<R>][]} */
    const found = [];
    div.data.forEach(({ meta }, index) => {
      if (meta?.role === role) found.push([index, /** @type {any} */ (meta)]);
    });
    return found;
  }

  /**
   * @param {Div} div
   * @param {Moment} moment
   */
  overlaps(div, { rows }) {
    const { neurons, directions, first, iota } = this.data;
    const Q = directions.length;
    const { offset: start } = this.store.fields.u;
    const rare = thin(rows, neurons.length * Q);
    /** @type {Changes} */
    const changes = this.roles(div, "others").map(([index, { p }]) => {
      const others = neurons.filter((k) => k !== iota[p]);
      const offsets = others.map((k) => start + (this.place.get(k) ?? 0) * Q + p);
      return [index, bundle(rare, offsets, others, movedOverlap, first)];
    });
    for (const [index, { p }] of this.roles(div, "matched")) {
      const place = this.place.get(iota[p]);
      if (place === undefined) continue;
      changes.push([index, curve(rows, start + place * Q + p, movedFinely)]);
    }
    const lit = this.place.get(this.highlight?.k ?? null);
    if (lit !== undefined) {
      const offsets = directions.map((p) => start + lit * Q + p);
      const [[index]] = this.roles(div, "highlight");
      changes.push([index, bundle(rows, offsets, directions, movedOverlap, first)]);
    }
    return changes;
  }

  /**
   * @param {Div} div
   * @param {Moment} moment
   * @returns {Changes}
   */
  loss(div, { rows, now }) {
    const { mse, slope } = this.store.fields;
    const [[mark, { low = 0, high = 0 }]] = this.roles(div, "highlight");
    const p = this.highlight?.p ?? null;
    const T = p === null ? null : this.data.T[p];
    return [
      [mark, T ? { x: [T, T], y: [low, high] } : { x: [], y: [] }],
      [this.roles(div, "mse")[0][0], curve(rows, mse.offset, movedRelatively)],
      [this.roles(div, "slope")[0][0], curve(rows, slope.offset, movedFinely)],
      [this.roles(div, "head")[0][0], { x: [now[0]], y: [now[mse.offset]] }],
    ];
  }

  /**
   * @param {Div} div
   * @param {Moment} moment
   * @returns {Changes}
   */
  heatmap(div, { now }) {
    const u = this.store.part(now, "u");
    const Q = this.data.directions.length;
    div.data[0].z = this.data.neurons.map((_, i) => u.subarray(i * Q, (i + 1) * Q));
    return [];
  }

  /**
   * @param {Div} div
   * @param {Moment} moment
   */
  norms(div, { rows }) {
    const { offset: start } = this.store.fields.n2;
    /** @type {Changes} */
    const changes = this.roles(div, "norm").map(([index, { k, scale }]) => [
      index, curve(rows, start + k, movedRelatively, scale),
    ]);
    for (const [index, { neurons, scale }] of this.roles(div, "unused")) {
      const offsets = neurons.map((k) => start + k);
      const rare = thin(rows, neurons.length);
      changes.push([index, bundle(rare, offsets, neurons, movedNorm, this.data.first, scale)]);
    }
    const k = this.highlight?.k ?? null;
    if (k !== null) {
      const own = this.roles(div, "norm").find(([, meta]) => meta.k === k);
      const [[index, meta]] = this.roles(div, "highlight");
      const scale = own ? own[1].scale : meta.scale;
      changes.push([index, curve(rows, start + k, movedRelatively, scale)]);
    }
    return changes;
  }

  /**
   * @param {Div} div
   * @param {Moment} moment
   * @returns {Changes}
   */
  matching(div, { now }) {
    const share = Array.from(this.store.part(now, "share"));
    const capture = this.store.part(now, "capture");
    const winner = Array.from(this.store.part(now, "winner"));
    const owner = this.store.part(now, "owner");
    const [[first]] = this.roles(div, "winner");
    const [[second]] = this.roles(div, "shared");
    const [[strip, { order }]] = this.roles(div, "neurons");
    const { colours, idle, serves } = this.data;
    const lit = this.highlight?.k ?? null;
    const [bars, rest, squares] = [div.data[first], div.data[second], div.data[strip]];
    bars.y = share;
    bars.customdata = winner;
    bars.text = winner.map((k, p) => (share[p] >= serves ? String(k) : ""));
    rest.y = share.map((value, p) => Math.max(capture[p] - value, 0));
    squares.marker = {
      ...squares.marker,
      color: order.map((k) => (owner[k] < 0 ? idle.colour : colours[owner[k]])),
      opacity: order.map((k) => (owner[k] < 0 ? idle.opacity : 1)),
      line: { color: this.colour, width: order.map((k) => (k === lit ? 3 : 0)) },
    };
    squares.customdata = order.map((k) => [k, owner[k] < 0 ? idle.name : owner[k] + 1]);
    return [];
  }

  /**
   * Point at a direction and a neuron in every figure; null points at nothing.
   * @param {Target | null} pointed
   * @param {number} step
   */
  point(pointed, step) {
    this.highlight = pointed;
    const p = pointed?.p ?? null;
    for (const name of LINES) {
      const div = this.divs[name];
      /** @type {Role[]} */
      const lines = ["others", "matched", "norm", "unused"];
      const traces = lines.flatMap((role) => this.roles(div, role));
      if (traces.length) {
        this.Plotly.restyle(div, {
          opacity: traces.map(([index, meta]) => {
            const near = p === null || ("p" in meta && meta.p === p);
            return this.built(name, index) * (near ? 1 : DIM);
          }),
        }, traces.map(([index]) => index));
      }
      const [[index]] = this.roles(div, "highlight");
      this.Plotly.restyle(div, { x: [[]], y: [[]], "line.color": this.colour }, [index]);
    }
    const { matching } = this.divs;
    const bars = [...this.roles(matching, "winner"), ...this.roles(matching, "shared")];
    const shown = this.data.a.map((_, q) => (p === null || q === p ? 1 : DIM_BAR));
    this.Plotly.restyle(matching, {
      "marker.opacity": bars.map(([index]) => shown.map((value) => value * this.built("matching", index))),
    }, bars.map(([index]) => index));
    this.frameCell(p, pointed?.k ?? null);
    this.paint(step, ["overlaps", "norms", "matching", "loss"]);
  }

  /**
   * Opacity of a trace as Python built it.
   * @param {Name} name
   * @param {number} index
   */
  built(name, index) {
    return this.opacity[name]?.[index] ?? 1;
  }

  /**
   * A frame around the pointed row and column of the heatmap.
   * @param {number | null} p
   * @param {number | null} k
   */
  frameCell(p, k) {
    const div = this.divs.heatmap;
    const shapes = (div.layout.shapes ?? []).filter((shape) => shape.name !== "frame");
    const frame = { type: "rect", name: "frame", line: { color: this.data.frame, width: 2 } };
    const place = this.place.get(k);
    if (place !== undefined) {
      shapes.push({ ...frame, xref: "paper", x0: 0, x1: 1, y0: place - 0.5, y1: place + 0.5 });
    }
    if (p !== null) {
      shapes.push({ ...frame, yref: "paper", y0: 0, y1: 1, x0: p + 0.5, x1: p + 1.5 });
    }
    this.Plotly.relayout(div, { shapes });
  }
}
