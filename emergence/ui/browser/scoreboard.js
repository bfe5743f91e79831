// @ts-check
// The theorem's scoreboard: a row for each direction, as of the shown moment.

import { part } from "./dom.js";
import { shortNumber } from "./numbers.js";

/** @typedef {import("./types.js").Payload} Payload */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Target} Target */
/** @typedef {import("./store.js").Store} Store */

const COLUMNS = ["p", "aₚ", "predicted Tₚ", "with norm growth", "crossing", "ratio", "|v|²/a", "capture", "neuron ι(p)", "winner"];

/**
 * What the table says of direction p at `step`, from its second column on, and whether it is
 * learned; `now` is the row of that moment.
 * @param {Payload} data
 * @param {Store} store
 * @param {Row} now
 * @param {number} step
 * @param {number} p
 */
export function score(data, store, now, step, p) {
  const seen = store.header.crossing[p] ?? null;
  const crossing = seen !== null && seen <= step ? seen : null;
  const capture = store.part(now, "capture")[p];
  const k = data.iota[p];
  const T = data.T[p];
  const cells = [
    shortNumber(data.a[p]),
    shortNumber(T),
    shortNumber(data.late[p]),
    shortNumber(crossing),
    crossing !== null && T ? (crossing / T).toFixed(2) : "–",
    k === null ? "–" : (store.part(now, "n2")[k] / data.a[p]).toFixed(2),
    capture.toFixed(2),
    k === null ? "none" : String(k),
    capture >= data.serves ? String(store.part(now, "winner")[p]) : "–",
  ];
  return { cells, learned: crossing !== null };
}

/**
 * How many directions are learned at `step`: found by a neuron, and the student has more than half of each.
 * @param {Pick<Payload, "captured">} data
 * @param {Pick<Store, "header" | "part">} store
 * @param {Row} now
 * @param {number} step
 */
export function learnedOf({ captured }, store, now, step) {
  const capture = store.part(now, "capture");
  return store.header.crossing.filter((seen, p) => seen !== null && seen <= step && capture[p] > captured).length;
}

/**
 * What is above the table.
 * @param {Payload} data
 * @param {Store} store
 * @param {Row} now
 * @param {number} step
 */
export function summary(data, store, now, step) {
  const n2 = store.part(now, "n2");
  const learned = learnedOf(data, store, now, step);
  const owner = store.part(now, "owner");
  const unused = data.unused.filter((k) => owner[k] < 0);
  const largest = unused.reduce((most, k) => Math.max(most, n2[k]), 0);
  const norm = unused.length ? `, largest norm ${Math.sqrt(largest).toFixed(3)}` : "";
  return `${learned} of ${data.said.directions} learned · ${census(data, store, now)}${norm}`;
}

/**
 * What the neurons do: the counts add up to all of them.
 * @param {Pick<Payload, "said">} data
 * @param {Pick<Store, "part">} store
 * @param {Row} now
 */
export function census({ said }, store, now) {
  const kinds = Array.from(store.part(now, "census"), (count, i) => `${count.toLocaleString("en")} ${said.classes[i]}`);
  return `${said.neurons}: ${kinds.join(", ")}`;
}

export class Scoreboard {
  /**
   * @param {HTMLElement} host
   * @param {(target: Target | null) => void} onHover
   * @param {Payload} data
   * @param {import("./words.js").Explanations} explanations of symbols in its head
   */
  constructor(host, onHover, data, explanations) {
    this.explanations = explanations;
    this.table = part(host, ".lab-scores", HTMLElement);
    this.summary = part(host, ".lab-summary", HTMLElement);
    this.title = part(host, ".lab-board h2", HTMLElement);
    this.data = data;
    /** @type {HTMLTableRowElement[]} */
    this.rows = [];
    this.table.addEventListener("pointerover", ({ target }) => {
      const row = target instanceof Element ? target.closest("tr[data-p]") : null;
      const p = Number(row?.getAttribute("data-p"));
      onHover(row ? { p, k: this.data.iota[p] } : null);
    });
    this.table.addEventListener("pointerleave", () => onHover(null));
  }

  /** @param {Payload} data */
  begin(data) {
    this.data = data;
    this.entitle(data.titles);
    const head = '<th scope="col"></th>'.repeat(COLUMNS.length);
    const body = data.directions.map((p) => {
      const swatch = `<i style="background:${data.colours[p]}"></i>`;
      return `<tr data-p="${p}"><td>${swatch}${p + 1}</td>${"<td></td>".repeat(COLUMNS.length - 1)}</tr>`;
    }).join("");
    this.table.innerHTML = `<thead><tr>${head}</tr></thead><tbody>${body}</tbody>`;
    this.table.querySelectorAll("th").forEach((cell, i) => {
      this.explanations.write(cell, COLUMNS[i]);
    });
    this.rows = [...this.table.querySelectorAll("tr")].slice(1);
  }

  /** The title: at the end of a run that breaks an assumption, how far it is from theory. @param {import("./types.js").Titles} titles */
  entitle({ board }) {
    if (this.title.textContent !== board) this.title.textContent = board;
  }

  /**
   * @param {Store} store
   * @param {number} step
   */
  paint(store, step) {
    if (!store.count) return;
    const now = store.at(step);
    this.rows.forEach((row, p) => {
      const { cells, learned } = score(this.data, store, now, step, p);
      row.classList.toggle("learned", learned);
      cells.forEach((text, column) => {
        const cell = row.cells[column + 1];
        if (cell.textContent !== text) cell.textContent = text;
      });
    });
    this.summary.textContent = summary(this.data, store, now, step);
  }

  /** @param {Target | null} target */
  point(target) {
    this.rows.forEach((row, p) => row.classList.toggle("lit", target?.p === p));
  }
}
