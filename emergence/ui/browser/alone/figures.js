// @ts-check
// The six pictures of an experiment before its first number: Python's samples (`ui/alone/template.py`)
// with what belongs to the experiment filled in, as `figures/lab` does.

import { filled, geomspace, running, sum } from "./numeric.js";
import { fixed } from "./phrases.js";
import { predictedLosses, theorySlope, whyNoLaw } from "./plan.js";
import { powerLaw, tailOf } from "./scaling.js";
import { MANY } from "./titles.js";

/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("../types.js").Name} Name */
/** @typedef {import("../types.js").Figure} Figure */
/** @typedef {import("../types.js").Titles} Titles */
/**
 * What Python wrote once.
 * @typedef {object} Template
 * @property {{P: number, figures: Record<Name, Figure>}[]} samples by their numbers of directions
 * @property {Figure} plain a loss without a power law, with the reason
 * @property {string[]} colours
 * @property {string} frame
 * @property {{colour: string, opacity: number, name: string}} idle
 * @property {number} heartbeat
 * @property {{name: string, symbol: string, label: string, default: any, real: boolean, always: boolean}[]} parameters
 */
/** What a trace has of the experiment; none where it has no such trace. @typedef {Record<string, any> | null} Filling */
/** @typedef {(trace: any) => Filling} Fill */
/**
 * What a picture is drawn of.
 * @typedef {{plan: Plan, template: Template, figures: Record<Name, Figure>, title: string}} Drawing
 */

/**
 * @param {Plan} plan
 * @param {Titles} titles
 * @param {boolean} law whether the power law is drawn
 * @param {Template} template
 * @returns {Record<Name, Figure>}
 */
export function labFigures(plan, titles, law, template) {
  const sample = template.samples.find(({ P }) => P >= plan.e.P);
  if (!sample) throw new RangeError(`no picture of ${plan.e.P} directions`);
  /** @type {(name: Name) => Drawing} */
  const of = (name) => ({ plan, template, figures: sample.figures, title: titles[name] });
  return {
    overlaps: overlaps(of("overlaps")), loss: loss(of("loss"), law), map: map(of("map")), heatmap: heatmap(of("heatmap")),
    norms: norms(of("norms")), matching: matching(of("matching")),
  };
}

/**
 * Two objects as one, the second's values before the first's; undefined takes away.
 * @param {any} one
 * @param {any} other
 */
function merged(one, other) {
  const all = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const nested = value && typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
    if (value === undefined) delete all[key];
    else all[key] = nested ? merged(all[key] ?? {}, value) : value;
  }
  return all;
}

/**
 * @param {Figure} figure
 * @param {string} title
 * @param {Record<string, any>} layout
 * @param {Fill} fill
 * @returns {Figure}
 */
function drawn(figure, title, layout, fill) {
  return {
    data: figure.data.flatMap((trace) => {
      const filling = fill(trace);
      return filling ? [merged(trace, filling)] : [];
    }),
    layout: merged(figure.layout, { title: { text: title }, ...layout }),
  };
}

const nothing = () => ({ x: [], y: [] });

/** First and last step of the pictures' axis. @param {Plan} plan */
const limitsOf = ({ snapshots, end, eta }) => [snapshots[1] / eta, (end / eta) * 1.05];

/** @param {Plan} plan */
function stepsAxis(plan) {
  const range = limitsOf(plan).map(Math.log10);
  return { range, minallowed: range[0] };
}

/** Numbers of the directions with a neuron. @param {Plan} plan */
const metOf = ({ iota }) => Array.from(iota.keys()).filter((p) => iota[p] >= 0);

/**
 * The dots at the ends of the directions' curves.
 * @param {Drawing} drawing
 */
function heads({ plan, template }) {
  const directions = metOf(plan);
  return { ...nothing(), marker: { color: directions.map((p) => template.colours[p]) }, meta: { directions } };
}

/** @param {Drawing} drawing */
function overlaps(drawing) {
  const { plan, template, figures, title } = drawing;
  const { e: { P }, T, eta } = plan;
  const [first, last] = limitsOf(plan);
  const due = Array.from(T.keys()).filter((p) => T[p] / eta >= first && T[p] / eta <= last);
  /** @type {(values: any[]) => any[]} */
  const thrice = (values) => values.flatMap((value) => [value, value, value]);
  return drawn(figures.overlaps, title, { xaxis: stepsAxis(plan) }, ({ meta: { role, p } }) => {
    if (role === "heads") return heads(drawing);
    if (role === "others") return p < P ? { ...nothing(), customdata: [] } : null;
    if (role === "matched") return p < P ? nothing() : null;
    if (role === "highlight") return nothing();
    return {
      x: thrice(due.map((q) => T[q] / eta)), y: due.flatMap(() => [-0.03, 1.06, null]),
      customdata: thrice(due.map((q) => q + 1)),
      marker: { color: thrice(due.map((q) => template.colours[q])), size: due.flatMap(() => [0, 11, 0]) },
    };
  });
}

const GRID_POINTS = 240;
const FLOOR = 1e-3;
const COLUMN = 52; // letters of the reason's lines

/**
 * @param {Drawing} drawing
 * @param {boolean} law
 */
function loss({ plan, template, figures, title }, law) {
  const { e: { P, beta }, a, link: { top }, eta, snapshots, end, T1 } = plan;
  const theory = law ? theorySlope(plan) : null;
  const total = top * sum(a.map((each) => each * each));
  const tau = geomspace(snapshots[1], end, GRID_POINTS);
  const predicted = predictedLosses(plan, tau);
  const low = Math.max(Math.min(...predicted.decoupled), total * 1e-4) / 3;
  const high = total * 2.5;
  const steps = Array.from(tau, (each) => each / eta);
  /** @type {Record<string, Float64Array>} */
  const curves = { staircase: predicted.staircase, decoupled: predicted.decoupled, "finite P": predicted.finite };
  if (theory !== null && T1 > 0) curves["power law"] = powerLaw(tau, T1, a, beta, top);
  const reason = whyNoLaw(plan);
  const [note] = template.plain.layout.annotations ?? [];
  const layout = {
    xaxis: stepsAxis(plan),
    yaxis: { range: [low, high].map(Math.log10) },
    yaxis2: { range: [2.5 * Math.min(theory ?? -1, -1), 0.4] },
    shapes: theory === null ? undefined : figures.loss.layout.shapes?.map((shape) => ({ ...shape, y0: theory, y1: theory })),
    annotations: reason ? [{ ...note, text: broken(`no slope: ${reason}`) }] : undefined,
  };
  return drawn(theory === null ? template.plain : figures.loss, title, layout, ({ name, hovertemplate, meta }) => {
    const { role, curve } = meta;
    /** @type {(text: string) => Filling} */
    const named = (text) => ({ name: text, hovertemplate: hovertemplate.replace(name, text) });
    if (role === "theory") {
      if (!curves[curve]) return null;
      const y = Array.from(curves[curve], (each) => Math.max(each, low * FLOOR));
      return { x: steps, y, ...(curve === "power law" ? named(`power law, slope ${fixed(theory ?? 0, 2)}`) : {}) };
    }
    if (role === "highlight") return { ...nothing(), meta: { low, high } };
    if (role === "corrected") {
      return { ...nothing(), ...named(`measured, with all beyond P = ${P}`), meta: { beyond: tailOf(a, beta, top) } };
    }
    return { ...nothing(), ...(meta.end ? { meta: { end: `first ${P}` } } : {}) };
  });
}

/** A sentence in lines. @param {string} text */
function broken(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line && line.length + 1 + word.length > COLUMN) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.join("<br>");
}

/** The map's measures (`figures/lab/neuron_map.py`), in radii of its circle. */
const [LARGEST, GAP, CLOUD, MOST, LEAST_TURN, PIXELS] = [0.2, 0.03, 0.2, 1.5, 0.11, 160];

/**
 * Where the directions' rings and the waiting neurons are.
 * @param {Plan} plan
 */
function places({ a, e: { m, P } }) {
  const size = a.map((each) => Math.sqrt(each / a[0]));
  const radius = size.map((each) => (
    each * Math.min(LARGEST, Math.max(2 * Math.PI - GAP * P, Math.PI) / (2 * sum(size)))));
  const spare = (2 * Math.PI - 2 * sum(radius)) / P;
  const half = radius.map((each) => each + spare / 2);
  const turned = running(half.map((each) => 2 * each));
  const angle = half.map((each, p) => turned[p + 1] - each - half[0]);
  const away = filled(m, (k) => CLOUD * Math.sqrt((k + 0.5) / m));
  const turn = filled(m, (k) => k * Math.PI * (3 - Math.sqrt(5)));
  return {
    x: angle.map(Math.sin), y: angle.map(Math.cos), radius, angle,
    cloudX: away.map((each, k) => each * Math.sin(turn[k])), cloudY: away.map((each, k) => each * Math.cos(turn[k])),
  };
}

/** @param {Drawing} drawing */
function map({ plan, template, figures, title }) {
  const { e: { m, P, s0 }, a, overlaps: start, neurons, iota } = plan;
  const { colours, idle } = template;
  const { x, y, radius, angle, cloudX, cloudY } = places(plan);
  const unit = radius[0] / Math.sqrt(a[0]);
  const most = MOST * radius[0];
  const dots = neurons.map((k, i) => {
    const u = start.subarray(k * P, k * P + P).map((o) => o * o);
    const near = u.indexOf(Math.max(...u));
    const rest = Math.max(1 - sum(u), 0);
    return {
      k, near, most: u[near], x: sum(u.map((each, p) => each * x[p])) + rest * cloudX[i],
      y: sum(u.map((each, p) => each * y[p])) + rest * cloudY[i], matched: iota.indexOf(k),
    };
  });
  const named = withRoom(angle);
  const [sides] = figures.map.data.flatMap(({ meta }) => (meta?.role === "dots" ? meta.corners : []));
  return drawn(figures.map, title, {}, ({ meta: { role, p, leaves } }) => {
    if (role === "rings") {
      const rings = Array.from(a.keys()).map((q) => ring(x[q], y[q], radius[q], sides));
      return {
        x: rings.flatMap((each, q) => (q ? [null, ...each.x] : each.x)),
        y: rings.flatMap((each, q) => (q ? [null, ...each.y] : each.y)),
      };
    }
    if (role === "clock") {
      if (p >= P) return null;
      return { x: Array(sides + 1).fill(x[p]), y: Array(sides + 1).fill(y[p] + radius[p]) };
    }
    if (role === "names") {
      const [outX, outY] = [x, y].map((way) => named.map((q) => (1 + radius[q] + LEAST_TURN) * way[q]));
      return {
        x: outX, y: outY, text: named.map((q) => String(q + 1)), textfont: { color: named.map((q) => colours[q]) },
        meta: { p: named, x: outX, y: outY },
      };
    }
    return {
      x: dots.map((dot) => dot.x), y: dots.map((dot) => dot.y),
      customdata: dots.map((dot) => [dot.k, dot.near + 1, dot.most]),
      marker: {
        size: dots.map(() => 2 * PIXELS * Math.min(unit * s0, most)),
        color: dots.map((dot) => (dot.most >= leaves ? colours[dot.near] : idle.colour)),
        line: { color: dots.map(({ matched }) => (matched < 0 ? idle.colour : colours[matched])) },
      },
      meta: { unit, most, x, y, radius, cloud_x: cloudX, cloud_y: cloudY },
    };
  });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {number} corners
 */
function ring(x, y, radius, corners) {
  const turns = Array.from({ length: corners + 1 }, (_, i) => (2 * Math.PI * i) / corners);
  return { x: turns.map((turn) => x + radius * Math.sin(turn)), y: turns.map((turn) => y + radius * Math.cos(turn)) };
}

/** The directions whose names have room on the circle, the strongest first. @param {Float64Array} angle */
function withRoom(angle) {
  /** @type {number[]} */
  const named = [];
  const full = 2 * Math.PI;
  angle.forEach((turn, p) => {
    const apart = named.map((q) => Math.abs(((((turn - angle[q] + Math.PI) % full) + full) % full) - Math.PI));
    if (apart.every((each) => each >= LEAST_TURN)) named.push(p);
  });
  return named;
}

/** Up to so many neurons there are gaps between the rows, and about so many of them have a number. */
const [ROWS, NUMBERED] = [64, 16];

/** @param {Drawing} drawing */
function heatmap({ plan, figures, title }) {
  const { e: { m, P }, neurons } = plan;
  const names = neurons.map(String);
  const matched = metOf(plan).length;
  const step = Math.max(1, Math.ceil(m / NUMBERED));
  const shapes = figures.heatmap.layout.shapes?.map((shape) => ({ ...shape, y0: matched - 0.5, y1: matched - 0.5 }));
  const layout = {
    xaxis: { dtick: Math.max(1, Math.floor(P / 8)), range: [0.5, P + 0.5] },
    yaxis: { range: [m - 0.5, -0.5], tickvals: names.filter((_, i) => i % step === 0) },
    shapes: matched > 0 && matched < m ? shapes : undefined,
  };
  return drawn(figures.heatmap, title, layout, () => ({
    z: neurons.map(() => Array(P).fill(0)), x: Array.from({ length: P }, (_, p) => p + 1), y: names, ygap: Number(m <= ROWS),
  }));
}

/** @param {Drawing} drawing */
function norms(drawing) {
  const { plan, figures, title } = drawing;
  const { e: { P, s0 }, a, iota, unused } = plan;
  const layout = {
    xaxis: stepsAxis(plan),
    yaxis: { range: [Math.log10(Math.min(s0 ** 2 / a[0] / 3, 0.05)), Math.log10(20)] },
  };
  return drawn(figures.norms, title, layout, ({ hovertemplate, meta: { role, p } }) => {
    if (role === "heads") return heads(drawing);
    if (role === "highlight") return { ...nothing(), meta: { scale: 1 / a[P - 1] } };
    if (role === "unused") return { ...nothing(), customdata: [], meta: { neurons: unused, scale: 1 / a[P - 1] } };
    if (p >= P || iota[p] < 0) return null;
    const said = hovertemplate.replace(/^neuron \d+/, `neuron ${iota[p]}`);
    return { ...nothing(), hovertemplate: said, meta: { k: iota[p], scale: 1 / a[p] } };
  });
}

/** Neurons in a row of the squares. */
const COLUMNS = 32;

/** @param {Drawing} drawing */
function matching({ plan, template, figures, title }) {
  const { e: { m, P }, neurons } = plan;
  const { colours, idle } = template;
  const rows = Math.ceil(m / COLUMNS);
  const low = rows <= 2 ? 0.36 : 0.5;
  const layout = {
    xaxis: { dtick: Math.max(1, Math.floor(P / 8)), range: [0.4, P + 0.6] },
    yaxis: { domain: [low, 1] },
    xaxis2: { range: [-1, Math.min(m, COLUMNS)] },
    yaxis2: { range: [rows - 0.3, -0.7], domain: [0, low - 0.28] },
  };
  const zeros = Array(P).fill(0);
  return drawn(figures.matching, title, layout, ({ textfont, meta: { role } }) => {
    if (role === "neurons") {
      return {
        x: neurons.map((_, i) => i % COLUMNS), y: neurons.map((_, i) => Math.floor(i / COLUMNS)),
        marker: { color: neurons.map(() => idle.colour), opacity: neurons.map(() => idle.opacity) },
        customdata: neurons.map((k) => [k, idle.name]), meta: { order: neurons },
      };
    }
    const bars = {
      x: Array.from({ length: P }, (_, p) => p + 1), y: zeros, marker: { color: colours.slice(0, P) },
    };
    if (role === "shared") return bars;
    return { ...bars, text: zeros.map(() => ""), customdata: zeros, textfont: { color: textfont.color.slice(0, P) } };
  });
}
