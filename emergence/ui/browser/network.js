// @ts-check
// A small drawing of the teacher and the student, whose parts say what they are.

import { part } from "./dom.js";
import { shortNumber } from "./numbers.js";

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Target} Target */

const MOST = 8; // nodes that a layer shows
const [WIDTH, HEIGHT] = [320, 200];

/**
 * The first of many, and the last.
 * @param {number[]} all
 */
export const some = (all) => (all.length <= MOST ? all : [...all.slice(0, MOST - 1), all[all.length - 1]]);

/**
 * The neurons to show: those matched to the shown directions, then others.
 * @param {Pick<Experiment, "iota" | "m">} data
 * @param {number[]} directions
 */
export function someNeurons({ iota, m }, directions) {
  /** @type {Set<number>} */
  const shown = new Set();
  for (const p of directions) {
    const k = iota[p];
    if (k !== null && shown.size < Math.min(MOST, m)) shown.add(k);
  }
  for (let k = 0; k < m && shown.size < MOST; k += 1) shown.add(k);
  return [...shown].sort((a, b) => a - b);
}

/**
 * One network: x, a layer of nodes, the sum.
 * @param {{kind: "teacher" | "student", nodes: number[], count: number, colour: (node: number) => string,
 *   first: string, second: string, result: string, title: string}} network
 */
function drawing({ kind, nodes, count, colour, first, second, result, title }) {
  const key = kind === "teacher" ? "p" : "k";
  const [left, middle, right] = [26, WIDTH / 2, WIDTH - 30];
  const gap = (HEIGHT - 50) / Math.max(nodes.length, 2);
  /** @param {number} i */
  const at = (i) => 42 + (i + 0.5 + (nodes.length === 1 ? 0.5 : 0)) * gap;
  const centre = 42 + (HEIGHT - 50) / 2;
  /** @param {number} node */
  const name = (node) => (kind === "teacher" ? node + 1 : node);
  const parts = nodes.map((node, i) => `
    <g data-${key}="${node}" style="--line: ${colour(node)}">
      <path data-part="${first}" d="M${left + 12} ${centre}L${middle - 9} ${at(i)}"/>
      <path data-part="${second}" d="M${middle + 9} ${at(i)}L${right - 14} ${centre}"/>
      <circle data-part="${first}" cx="${middle}" cy="${at(i)}" r="${Math.min(9, gap * 0.46)}"/>
      <text x="${middle}" y="${at(i)}" dy="0.35em" class="lab-node">${name(node)}</text></g>`);
  const more = count > nodes.length ? `, ${nodes.length} of them shown` : "";
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}${more}">
    <text x="${WIDTH / 2}" y="14">${title}</text>
    <text x="${(left + middle) / 2}" y="32" class="lab-symbol">${first}</text>
    <text x="${(right + middle) / 2}" y="32" class="lab-symbol">${second}</text>${parts.join("")}
    <g><circle cx="${left}" cy="${centre}" r="12"/><text x="${left}" y="${centre}" dy="0.35em">x</text>
    <circle cx="${right}" cy="${centre}" r="14"/><text x="${right}" y="${centre}" dy="0.35em">${result}</text></g></svg>`;
}

export class Network {
  /**
   * @param {HTMLElement} host
   * @param {(target: Target | null) => void} onHover
   * @param {import("./words.js").Explanations} explanations
   */
  constructor(host, onHover, explanations) {
    this.place = part(host, ".lab-drawing", HTMLElement);
    this.sentence = part(host, ".lab-sentence", HTMLElement);
    this.summary = part(host, ".lab-network summary", HTMLElement);
    this.explanations = explanations;
    /** @type {Experiment | null} */
    this.data = null;
    for (const kind of ["pointerover", "click"]) {
      this.place.addEventListener(kind, ({ target }) => this.meet(target, onHover));
    }
    this.place.addEventListener("pointerleave", () => onHover(null));
  }

  /** @param {Experiment} data */
  begin(data) {
    this.data = data;
    const directions = some(data.a.map((_, p) => p));
    const neurons = someNeurons(data, directions);
    this.summary.textContent = `The two networks: P = ${data.P} directions, m = ${data.m} neurons`;
    this.explanations.write(this.sentence, "Point at a part, or ask a symbol: x, wₚ, aₚ, vₖ, |vₖ|², σ.");
    this.place.innerHTML = drawing({
      kind: "teacher", nodes: directions, count: data.P, colour: (p) => data.colours[p],
      first: "wₚ", second: "aₚ", result: "f*", title: `teacher, P = ${data.P}`,
    }) + drawing({
      kind: "student", nodes: neurons, count: data.m, colour: (k) => this.colour(k),
      first: "vₖ", second: "|vₖ|²", result: "f", title: `student, m = ${data.m}`,
    });
  }

  /**
   * A neuron has the colour of the direction it is matched to.
   * @param {number} k
   */
  colour(k) {
    const { data } = this;
    const p = data ? data.iota.indexOf(k) : -1;
    return !data || p < 0 ? "currentColor" : data.colours[p];
  }

  /**
   * Say what a part is, and light up what belongs to it in every picture.
   * @param {EventTarget | null} target
   * @param {(target: Target | null) => void} onHover
   */
  meet(target, onHover) {
    const met = target instanceof Element ? target.closest("[data-p], [data-k]") : null;
    if (!met || !this.data || !(target instanceof Element)) return;
    const symbol = target.getAttribute("data-part") ?? (met.hasAttribute("data-p") ? "wₚ" : "vₖ");
    const [p, k] = ["p", "k"].map((key) => {
      const text = met.getAttribute(`data-${key}`);
      return text === null ? null : Number(text);
    });
    const which = p === null ? `neuron ${k}` : `direction ${p + 1}`;
    const value = symbol === "aₚ" && p !== null ? ` Here ${shortNumber(this.data.a[p])}.` : "";
    this.explanations.write(this.sentence, `${which}, ${symbol}: ${this.explanations.words[symbol]}.${value}`);
    const matched = p === null ? this.data.iota.indexOf(/** @type {number} */ (k)) : p;
    onHover({ p: matched < 0 ? null : matched, k: k ?? this.data.iota[matched] });
  }

  /** @param {Target | null} target */
  point(target) {
    for (const each of this.place.querySelectorAll("[data-p], [data-k]")) {
      const [p, k] = [each.getAttribute("data-p"), each.getAttribute("data-k")];
      const lit = target && ((p !== null && Number(p) === target.p) || (k !== null && Number(k) === target.k));
      each.classList.toggle("lab-lit", Boolean(lit));
    }
  }
}
