// @ts-check
// What the traces of each picture are at a moment: the same that Python builds of a whole record.

import {
  bundle, curve, movedFinely, movedNorm, movedOverlap, movedRelatively, thin,
} from "./curves.js";

/** @typedef {import("./types.js").Changes} Changes */
/** @typedef {import("./types.js").Div} Div */
/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Moment} Moment */
/** @typedef {import("./types.js").Role} Role */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Target} Target */

/** What is left of the opacity of what is not pointed at. */
export const DIM = 0.15;
/** Width of the line around a neuron that is pointed at. */
export const LIT = 4;

/**
 * What a picture is drawn of.
 * @typedef {object} Scene
 * @property {Div} div
 * @property {Experiment} data
 * @property {import("./store.js").Store} store
 * @property {Map<number | null, number>} place where each neuron stands among those that are sent
 * @property {Target | null} highlight
 * @property {string} colour of the page's text
 */

/**
 * The traces of a role, by number, and what they say of themselves.
 * @template {Role} R
 * @param {Div} div
 * @param {R} role
 */
export function roles(div, role) {
  /** @type {[index: number, meta: import("./types.js").MetaOf<R>][]} */
  const traces = [];
  div.data.forEach(({ meta }, index) => {
    if (meta?.role === role) traces.push([index, /** @type {any} */ (meta)]);
  });
  return traces;
}

/**
 * The dots at the ends of thick lines: at the start they are all there is of these.
 * @param {Scene} scene
 * @param {Changes} thick
 * @returns {Changes}
 */
export function heads({ div, highlight }, thick) {
  const ends = thick.filter(([index]) => div.data[index].meta?.role !== "highlight").map(([, points]) => points);
  const [[index, { directions }]] = roles(div, "heads");
  const trace = div.data[index];
  trace.marker = {
    ...trace.marker, opacity: directions.map((p) => ((highlight?.p ?? p) === p ? 1 : DIM)),
  };
  return [[index, { x: ends.map(({ x }) => x[x.length - 1]), y: ends.map(({ y }) => y[y.length - 1]) }]];
}

/**
 * The thick lines of the overlaps: one a direction, and what is pointed at.
 * @param {Scene} scene
 * @param {Row[]} rows
 */
export function matchedOverlaps({ div, data: { directions, iota, first }, store, place, highlight }, rows) {
  const Q = directions.length;
  const { offset } = store.fields.u;
  /** @type {Changes} */
  const changes = [];
  for (const [index, { p }] of roles(div, "matched")) {
    const k = place.get(iota[p]);
    if (k !== undefined) changes.push([index, curve(rows, offset + k * Q + p, movedFinely)]);
  }
  const lit = place.get(highlight?.k ?? null);
  if (lit !== undefined) {
    const offsets = directions.map((p) => offset + lit * Q + p);
    const [[index]] = roles(div, "highlight");
    changes.push([index, bundle(rows, offsets, directions, movedOverlap, first)]);
  }
  return changes;
}

/**
 * Where the overlaps of the other neurons with direction p stand in a row, and whose they are.
 * @param {Scene} scene
 * @param {number} p
 */
export function othersOf({ data: { neurons, directions, iota }, store, place }, p) {
  const others = neurons.filter((k) => k !== iota[p]);
  const { offset } = store.fields.u;
  return { others, offsets: others.map((k) => offset + (place.get(k) ?? 0) * directions.length + p) };
}

/**
 * @param {Scene} scene
 * @param {Moment} moment
 */
function overlaps(scene, { rows }) {
  const { neurons, directions, first } = scene.data;
  const rare = thin(rows, neurons.length * directions.length);
  /** @type {Changes} */
  const changes = roles(scene.div, "others").map(([index, { p }]) => {
    const { others, offsets } = othersOf(scene, p);
    return [index, bundle(rare, offsets, others, movedOverlap, first)];
  });
  const thick = matchedOverlaps(scene, rows);
  return [...changes, ...thick, ...heads(scene, thick)];
}

/**
 * @param {Scene} scene
 * @param {Moment} moment
 * @returns {Changes}
 */
export function loss({ div, data, store, highlight }, { rows, now }) {
  const { mse, slope } = store.fields;
  const [[mark, { low = 0, high = 0 }]] = roles(div, "highlight");
  const p = highlight?.p ?? null;
  const T = p === null ? null : data.T[p];
  const measured = curve(rows, mse.offset, movedRelatively);
  let thick = now[mse.offset]; // where the thick line ends
  /** @type {Changes} */
  const corrected = roles(div, "corrected").map(([index, { beyond }]) => {
    thick += beyond;
    return [index, { x: measured.x, y: Array.from(measured.y, (value) => value + beyond) }];
  });
  /** @type {Changes} */
  const beside = roles(div, "beside").flatMap(([index, { field }]) => {
    const kept = store.fields[field];
    return kept ? [[index, curve(rows, kept.offset, movedRelatively)]] : [];
  });
  return [
    [mark, T ? { x: [T, T], y: [low, high] } : { x: [], y: [] }],
    ...corrected,
    ...beside,
    [roles(div, "mse")[0][0], measured],
    [roles(div, "slope")[0][0], curve(rows, slope.offset, movedFinely)],
    [roles(div, "head")[0][0], { x: [now[0]], y: [thick] }],
  ];
}

/**
 * The thick lines of the norms: one a matched neuron, and what is pointed at.
 * @param {Scene} scene
 * @param {Row[]} rows
 */
export function matchedNorms({ div, store, highlight }, rows) {
  const { offset } = store.fields.n2;
  /** @type {Changes} */
  const changes = roles(div, "norm").map(([index, { k, scale }]) => [
    index, curve(rows, offset + k, movedRelatively, scale),
  ]);
  const k = highlight?.k ?? null;
  if (k !== null) {
    const own = roles(div, "norm").find(([, meta]) => meta.k === k);
    const [[index, meta]] = roles(div, "highlight");
    changes.push([index, curve(rows, offset + k, movedRelatively, own ? own[1].scale : meta.scale)]);
  }
  return changes;
}

/**
 * @param {Scene} scene
 * @param {Moment} moment
 */
function norms(scene, { rows }) {
  const { offset } = scene.store.fields.n2;
  const thick = matchedNorms(scene, rows);
  const changes = [...thick, ...heads(scene, thick)];
  for (const [index, { neurons, scale }] of roles(scene.div, "unused")) {
    const offsets = neurons.map((k) => offset + k);
    changes.push([index, bundle(thin(rows, neurons.length), offsets, neurons, movedNorm, scene.data.first, scale)]);
  }
  return changes;
}

/**
 * Overlaps by neuron: rows of the heatmap.
 * @param {Scene} scene
 * @param {Row} now
 */
export function overlapRows({ data, store }, now) {
  const u = store.part(now, "u");
  const Q = data.directions.length;
  return data.neurons.map((_, i) => u.subarray(i * Q, (i + 1) * Q));
}

/**
 * @param {Scene} scene
 * @param {Moment} moment
 * @returns {Changes}
 */
function heatmap(scene, { now }) {
  const trace = scene.div.data[roles(scene.div, "overlaps")[0][0]];
  Object.assign(trace, { z: overlapRows(scene, now), y: scene.data.neurons.map(String) });
  return [];
}

/**
 * Whether a number in letters of a size has room in a bar, by the widest digits there are.
 * @param {string} text
 * @param {number} size
 * @param {number} width
 * @param {number} height
 */
export const fits = (text, size, width, height) => 0.64 * size * text.length <= width && 1.5 * size <= height;

/**
 * @param {Scene} scene
 * @param {Moment} moment
 * @returns {Changes}
 */
function matching({ div, data, store, highlight, colour }, { now }) {
  const share = Array.from(store.part(now, "share"));
  const capture = store.part(now, "capture");
  const winner = Array.from(store.part(now, "winner"));
  const owner = store.part(now, "owner");
  const [[first, { half }]] = roles(div, "winner");
  const [[second]] = roles(div, "shared");
  const [[strip, { order }]] = roles(div, "neurons");
  const { colours, idle, serves } = data;
  const lit = highlight?.k ?? null;
  const [bars, rest, squares] = [div.data[first], div.data[second], div.data[strip]];
  bars.y = share;
  bars.customdata = winner;
  const { xaxis, yaxis, font } = div._fullLayout;
  bars.textfont = { color: "black", ...bars.textfont, size: font.size - 2 };
  const pointed = highlight?.p ?? null;
  bars.text = winner.map((k, p) => (
    share[p] >= serves && (pointed === null || pointed === p) && fits(String(k), font.size - 2, (2 * half * xaxis._length) / share.length, share[p] * yaxis._length)
      ? String(k) : ""));
  rest.y = share.map((value, p) => Math.max(capture[p] - value, 0));
  squares.marker = {
    ...squares.marker,
    color: order.map((k) => (owner[k] < 0 ? idle.colour : colours[owner[k]])),
    opacity: order.map((k) => (owner[k] < 0 ? idle.opacity : 1)),
    line: { color: colour, width: order.map((k) => (k === lit ? 3 : 0)) },
  };
  squares.customdata = order.map((k) => [k, owner[k] < 0 ? idle.name : owner[k] + 1]);
  return [];
}

/**
 * Where the neurons of the map are, and the direction that each overlaps with most.
 * @param {Scene} scene
 * @param {Row} now
 */
export function neuronPlaces({ div, data: { neurons, directions }, store }, now) {
  const [[, layout]] = roles(div, "dots");
  const u = store.part(now, "u");
  const n2 = store.part(now, "n2");
  const Q = directions.length;
  return neurons.map((k, i) => {
    let [x, y, sum, near] = [0, 0, 0, 0];
    for (let p = 0; p < Q; p += 1) {
      const value = u[i * Q + p];
      x += value * layout.x[p];
      y += value * layout.y[p];
      sum += value;
      if (value > u[i * Q + near]) near = p;
    }
    const rest = Math.max(1 - sum, 0);
    return {
      k, near, u: u[i * Q + near], x: x + rest * layout.cloud_x[i], y: y + rest * layout.cloud_y[i],
      radius: Math.min(layout.unit * Math.sqrt(n2[k]), layout.most),
    };
  });
}

/**
 * The part of a direction's clock that has passed at a step.
 * @param {number | null} T
 * @param {number} step
 */
export const passed = (T, step) => (T ? Math.min(step / T, 1) : 0);

/**
 * @param {Scene} scene
 * @param {Moment} moment
 * @returns {Changes}
 */
function map(scene, { now }) {
  const { div, data, highlight, colour } = scene;
  const [[index, layout]] = roles(div, "dots");
  const dots = div.data[index];
  const neurons = neuronPlaces(scene, now);
  const pixels = div._fullLayout.xaxis._length / (2 * layout.edge);
  const lit = highlight?.k ?? null;
  dots.x = neurons.map(({ x }) => x);
  dots.y = neurons.map(({ y }) => y);
  dots.customdata = neurons.map(({ k, near, u }) => [k, near + 1, u]);
  dots.marker = {
    ...dots.marker,
    size: neurons.map(({ radius }) => 2 * Math.max(pixels * radius, layout.least)),
    color: neurons.map(({ u, near }) => (u >= layout.leaves ? data.colours[near] : data.idle.colour)),
    line: {
      width: neurons.map(({ k }) => (k === lit ? LIT : layout.rim)),
      color: neurons.map(({ k }) => rim(data, k, lit, colour)),
    },
  };
  return roles(div, "clock").map(([trace, { p }]) => [trace, arc(layout, p, passed(data.T[p], now[0]))]);
}

/**
 * The colour around a neuron: of the direction it is matched to.
 * @param {Experiment} data
 * @param {number} k
 * @param {number | null} lit
 * @param {string} colour
 */
export function rim({ iota, colours, idle }, k, lit, colour) {
  if (k === lit) return colour;
  const p = iota.indexOf(k);
  return p < 0 ? idle.colour : colours[p];
}

/**
 * The first `share` of a ring from the top, clockwise.
 * @param {{x: number[], y: number[], radius: number[], corners: number}} layout
 * @param {number} p
 * @param {number} share
 */
export function arc({ x, y, radius, corners }, p, share) {
  const turns = Array.from({ length: corners + 1 }, (_, i) => (2 * Math.PI * share * i) / corners);
  return {
    x: turns.map((turn) => x[p] + radius[p] * Math.sin(turn)),
    y: turns.map((turn) => y[p] + radius[p] * Math.cos(turn)),
  };
}

/** @type {Record<import("./types.js").Name, (scene: Scene, moment: Moment) => Changes>} */
export const CHANGES = { overlaps, loss, heatmap, norms, matching, map };

/**
 * Store new points in traces.
 * @param {Div} div
 * @param {Changes} changes
 */
export function store(div, changes) {
  for (const [index, { x, y, customdata }] of changes) Object.assign(div.data[index], { x, y, customdata });
}
