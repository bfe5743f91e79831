// The five figures: built by Python, refilled here with the numbers up to the shown moment.

import { move, store } from "./lines.js";
import { CONFIG, dress } from "./plot.js";

const MOST_ROWS = 150; // moments of a thin curve
const MOST_POINTS = 300000; // moments of all thin curves together that are looked at
const VISIBLE = 0.008; // a thin overlap curve gets a new point when it has moved by this much
const VISIBLE_DECADES = 0.02; // the same for a norm, on its logarithmic axis
const NEAR = 0.2; // in log time: how near to T_p the loss belongs to direction p
const LINES = ["overlaps", "loss", "norms"]; // their lines move at every painting
// At every other painting of a moving picture one figure is redrawn in full, in this order.
const IN_TURN = [
  "heatmap", null, "matching", null, "overlaps", null, "heatmap", null, "matching", null, "loss", null,
  "heatmap", null, "matching", null, "norms", null,
];

// Row numbers 1..last thinned to a fixed stride, so that points already drawn do not jump.
function thinned(last, most) {
  let stride = 1;
  while (last / stride > most) stride *= 2;
  const kept = [];
  for (let i = 1; i <= last; i += stride) kept.push(i);
  return kept;
}

const movedOverlap = (from, to) => Math.abs(to - from) > VISIBLE;
const movedFinely = (from, to) => !(Math.abs(to - from) < 0.002);
const movedNorm = (from, to) => Math.abs(Math.log10(to / from)) > VISIBLE_DECADES;
const movedRelatively = (from, to) => !(Math.abs(to - from) < 0.004 * Math.abs(from));

// Numbers of the rows at which a curve has visibly moved, and of those just before.
function keep(rows, offset, moved) {
  if (!rows.length) return [];
  const kept = [0];
  const last = rows.length - 1;
  for (let i = 1; i <= last; i += 1) {
    const drawn = kept[kept.length - 1];
    if (i < last && !moved(rows[drawn][offset], rows[i][offset])) continue;
    if (i - 1 > drawn) kept.push(i - 1);
    kept.push(i);
  }
  return kept;
}

export class Painter {
  constructor(host, Plotly, onHover, onSeen) {
    this.host = host;
    this.Plotly = Plotly;
    this.onHover = onHover;
    this.divs = {};
    for (const div of host.querySelectorAll("[data-figure]")) {
      this.divs[div.dataset.figure] = div;
    }
    this.highlight = null;
    // A figure that was out of sight has not been drawn meanwhile.
    this.sight = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) onSeen();
    });
    this.resize = new ResizeObserver((entries) => {
      // A page that is being left has no size any more.
      for (const { target } of entries) if (target.data && target.clientWidth) Plotly.Plots.resize(target);
    });
  }

  // Show another experiment's (empty) figures.
  async begin(data, store) {
    this.data = data;
    this.store = store;
    this.highlight = null;
    this.matchedOf = new Map(data.iota.map((k, p) => [k, p]));
    this.place = new Map(data.neurons.map((k, i) => [k, i]));
    for (const [name, div] of Object.entries(this.divs)) {
      // The first pictures are on the screen before the others are begun.
      if (name === "heatmap") await new Promise((resolve) => { setTimeout(resolve); });
      if (this.data !== data) return;
      const figure = data.figures[name];
      figure.layout.uirevision = data.query;
      dress(figure.layout, this.host);
      const displayModeBar = this.host.clientWidth < 700 ? false : "hover";
      await this.Plotly.react(div, figure.data, figure.layout, { ...CONFIG, displayModeBar });
      if (!div.dataset.bound) this.bind(name, div);
    }
    this.colour = getComputedStyle(this.host).color;
  }

  bind(name, div) {
    div.dataset.bound = "1";
    this.resize.observe(div);
    this.sight.observe(div);
    div.on("plotly_hover", ({ points }) => this.onHover(this.matched(this.target(name, points[0]))));
    div.on("plotly_unhover", () => this.onHover(null));
  }

  // What a hovered point stands for: a direction p, a neuron k, or both.
  target(name, point) {
    const meta = point.data.meta || {};
    if (name === "heatmap") {
      return { p: this.data.directions[point.pointIndex[1]], k: this.data.neurons[point.pointIndex[0]] };
    }
    if (meta.role === "others" || meta.role === "unused") {
      return { p: meta.p ?? null, k: point.customdata };
    }
    if (meta.role === "matched") return { p: meta.p, k: this.data.iota[meta.p] };
    if (meta.role === "norm") return { p: meta.p, k: meta.k };
    if (meta.role === "winner" || meta.role === "shared") return { p: point.x - 1, k: null };
    if (meta.role === "neurons") return { p: null, k: point.customdata[0] };
    if (meta.role === "predicted") return { p: point.customdata - 1, k: null };
    if (name === "loss") return { p: this.emerging(point.x), k: null };
    return null;
  }

  // A direction brings its matched neuron, a matched neuron its direction.
  matched(target) {
    if (!target) return null;
    const p = target.p ?? this.matchedOf.get(target.k) ?? null;
    const k = target.k ?? (p === null ? null : this.data.iota[p]);
    return { p, k };
  }

  // The direction predicted to emerge nearest to a step, if one is near.
  emerging(step) {
    const far = this.data.T.map((T) => (T > 0 ? Math.abs(Math.log(step / T)) : Infinity));
    const p = far.indexOf(Math.min(...far));
    return far[p] < NEAR ? p : null;
  }

  // Say what is known now: Python has the words, before the run's end and after it.
  entitle(titles) {
    for (const [name, div] of Object.entries(this.divs)) {
      if (div.layout.title.text === titles[name]) continue;
      this.Plotly.relayout(div, { "title.text": titles[name] });
    }
  }

  // Follow the theme when it changes.
  follow() {
    const now = getComputedStyle(this.host).color;
    if (now === this.colour) return;
    this.colour = now;
    for (const div of Object.values(this.divs)) this.Plotly.relayout(div, { "font.color": now });
  }

  visible(div) {
    const box = div.getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
  }

  // Draw the figures named (all, unless said otherwise) in full as of `step`.
  paint(step, names = Object.keys(this.divs)) {
    if (!this.store.count) return;
    const frame = this.frame(step);
    for (const name of names) this.redraw(name, frame);
  }

  // Painting number `turn` of a moving picture: all lines grow, one figure is redrawn in full.
  animate(step, turn) {
    if (!this.store.count) return;
    const frame = this.frame(step);
    const full = IN_TURN[turn % IN_TURN.length];
    for (const name of LINES) {
      const div = this.divs[name];
      if (name === full || div._dragging || !this.visible(div)) continue;
      const changes = this[name](div, frame);
      store(div, changes);
      if (!move(div, changes)) this.Plotly.redraw(div);
    }
    if (full) this.redraw(full, frame);
  }

  redraw(name, frame) {
    const div = this.divs[name];
    if (div._dragging || !this.visible(div)) return;
    store(div, this[name](div, frame));
    this.Plotly.redraw(div);
  }

  frame(step) {
    const { store } = this;
    const last = store.before(step);
    const now = store.at(step);
    const rows = [];
    for (let i = 1; i <= last; i += 1) rows.push(store.row(i));
    if (now[0] > 0 && (!rows.length || now[0] > rows[rows.length - 1][0])) rows.push(now);
    return { now, rows };
  }

  // One quantity over time: {x, y}.
  curve(rows, offset, moved, scale = 1) {
    const kept = keep(rows, offset, moved);
    return { x: kept.map((i) => rows[i][0]), y: kept.map((i) => rows[i][offset] * scale) };
  }

  // Several curves as one line: {x, y, customdata}. The line runs along a curve and back, and
  // changes to the next one left of the picture: one SVG path instead of one a curve, which is
  // several times faster to redraw than gaps. A curve that has not visibly moved gets no point;
  // `moved(from, to)` says what is visible.
  bundle(rows, offsets, names, moved, scale = 1) {
    const x = [];
    const y = [];
    const customdata = [];
    const outside = this.data.first / 1000;
    const last = rows.length - 1;
    offsets.forEach((offset, j) => {
      if (last < 0) return;
      const kept = keep(rows, offset, moved);
      for (const i of [...kept, ...kept.slice(0, -1).reverse()]) {
        x.push(rows[i][0]);
        y.push(rows[i][offset] * scale);
      }
      x.push(outside);
      y.push(y[y.length - 1]);
      while (customdata.length < x.length) customdata.push(names[j]);
    });
    return { x, y, customdata };
  }

  thin(rows, curves) {
    const most = Math.min(MOST_ROWS, Math.max(16, MOST_POINTS / curves));
    const thin = thinned(rows.length - 1, most).map((i) => rows[i - 1]);
    if (rows.length) thin.push(rows[rows.length - 1]);
    return thin;
  }

  roles(div, role) {
    return div.data.flatMap((trace, index) => (trace.meta && trace.meta.role === role ? [[index, trace.meta]] : []));
  }

  overlaps(div, { rows }) {
    const { neurons, directions } = this.data;
    const Q = directions.length;
    const start = this.store.fields.u.offset;
    const thin = this.thin(rows, neurons.length * Q);
    const changes = this.roles(div, "others").map(([index, { p }]) => {
      const others = neurons.filter((k) => k !== this.data.iota[p]);
      const offsets = others.map((k) => start + this.place.get(k) * Q + p);
      return [index, this.bundle(thin, offsets, others, movedOverlap)];
    });
    for (const [index, { p }] of this.roles(div, "matched")) {
      const place = this.place.get(this.data.iota[p]);
      if (place === undefined) continue;
      changes.push([index, this.curve(rows, start + place * Q + p, movedFinely)]);
    }
    const k = this.highlight && this.highlight.k;
    if (this.place.has(k)) {
      const offsets = directions.map((p) => start + this.place.get(k) * Q + p);
      changes.push([this.roles(div, "highlight")[0][0], this.bundle(rows, offsets, directions, movedOverlap)]);
    }
    return changes;
  }

  loss(div, { rows, now }) {
    const { mse, slope } = this.store.fields;
    const [[mark, { low, high }]] = this.roles(div, "highlight");
    const T = this.highlight && this.data.T[this.highlight.p];
    return [
      [mark, T ? { x: [T, T], y: [low, high] } : { x: [], y: [] }],
      [this.roles(div, "mse")[0][0], this.curve(rows, mse.offset, movedRelatively)],
      [this.roles(div, "slope")[0][0], this.curve(rows, slope.offset, movedFinely)],
      [this.roles(div, "head")[0][0], { x: [now[0]], y: [now[mse.offset]] }],
    ];
  }

  heatmap(div, { now }) {
    const u = this.store.part(now, "u");
    const Q = this.data.directions.length;
    const z = this.data.neurons.map((_, i) => u.subarray(i * Q, (i + 1) * Q));
    div.data[0].z = z;
    return [];
  }

  norms(div, { rows }) {
    const start = this.store.fields.n2.offset;
    const changes = this.roles(div, "norm").map(([index, { k, scale }]) => [
      index, this.curve(rows, start + k, movedRelatively, scale),
    ]);
    for (const [index, { neurons, scale }] of this.roles(div, "unused")) {
      const offsets = neurons.map((k) => start + k);
      changes.push([index, this.bundle(this.thin(rows, neurons.length), offsets, neurons, movedNorm, scale)]);
    }
    const k = this.highlight && this.highlight.k;
    if (k !== null && k !== undefined) {
      const own = this.roles(div, "norm").find(([, meta]) => meta.k === k);
      const [index, meta] = this.roles(div, "highlight")[0];
      const scale = own ? own[1].scale : meta.scale;
      changes.push([index, this.curve(rows, start + k, movedRelatively, scale)]);
    }
    return changes;
  }

  matching(div, { now }) {
    const share = Array.from(this.store.part(now, "share"));
    const capture = this.store.part(now, "capture");
    const winner = Array.from(this.store.part(now, "winner"));
    const owner = this.store.part(now, "owner");
    const [first] = this.roles(div, "winner")[0];
    const [second] = this.roles(div, "shared")[0];
    const [strip, { order }] = this.roles(div, "neurons")[0];
    const { palette, idle } = this.data;
    const lit = this.highlight && this.highlight.k;
    const [bars, rest, squares] = [div.data[first], div.data[second], div.data[strip]];
    bars.y = share;
    bars.customdata = winner;
    bars.text = winner.map((k, p) => (share[p] > 0.05 ? String(k) : ""));
    rest.y = share.map((value, p) => Math.max(capture[p] - value, 0));
    squares.marker.color = order.map((k) => (owner[k] < 0 ? idle : palette[owner[k] % palette.length]));
    squares.marker.opacity = order.map((k) => (owner[k] < 0 ? 0.35 : 1));
    squares.marker.line = { color: this.colour, width: order.map((k) => (k === lit ? 3 : 0)) };
    squares.customdata = order.map((k) => [k, owner[k] < 0 ? "none yet" : owner[k] + 1]);
    return [];
  }

  // Point at a direction and a neuron in every figure; null points at nothing.
  point(target, step) {
    this.highlight = target;
    const p = target ? target.p : null;
    const k = target ? target.k : null;
    const strength = { others: 0.4, unused: 0.7 };
    for (const name of ["overlaps", "norms", "loss"]) {
      const div = this.divs[name];
      const traces = ["others", "matched", "norm", "unused"].flatMap((role) => this.roles(div, role));
      const dim = (meta) => (p === null || meta.p === p ? 1 : 0.15);
      if (traces.length) {
        this.Plotly.restyle(div, {
          opacity: traces.map(([, meta]) => dim(meta) * (strength[meta.role] ?? 1)),
        }, traces.map(([index]) => index));
      }
      const [index] = this.roles(div, "highlight")[0];
      this.Plotly.restyle(div, { x: [[]], y: [[]], "line.color": this.colour }, [index]);
    }
    const bars = [...this.roles(this.divs.matching, "winner"), ...this.roles(this.divs.matching, "shared")];
    const opacity = Array.from({ length: this.data.P }, (_, q) => (p === null || q === p ? 1 : 0.25));
    this.Plotly.restyle(this.divs.matching, {
      "marker.opacity": bars.map(([, meta]) => opacity.map((value) => value * (meta.role === "shared" ? 0.5 : 1))),
    }, bars.map(([index]) => index));
    this.frameCell(p, k);
    this.paint(step, ["overlaps", "norms", "matching", "loss"]);
  }

  // A frame around the pointed row and column of the heatmap.
  frameCell(p, k) {
    const div = this.divs.heatmap;
    const kept = (div.layout.shapes || []).filter((shape) => shape.name !== "frame");
    const line = { color: "#D55E00", width: 2 };
    const shapes = [...kept];
    const place = this.place.get(k);
    if (place !== undefined) {
      shapes.push({ type: "rect", name: "frame", xref: "paper", x0: 0, x1: 1, y0: place - 0.5, y1: place + 0.5, line });
    }
    if (p !== null && p !== undefined) {
      shapes.push({ type: "rect", name: "frame", yref: "paper", y0: 0, y1: 1, x0: p + 0.5, x1: p + 1.5, line });
    }
    this.Plotly.relayout(div, { shapes });
  }
}
