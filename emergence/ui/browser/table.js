// @ts-check
// The numbers of a picture as a table, on request: for who does not see it, and who wants to copy them.

import { shortNumber } from "./numbers.js";

/** A trace as far as a table needs it. @typedef {{name?: string, visible?: unknown, x?: ArrayLike<unknown>, y?: ArrayLike<unknown>, z?: ArrayLike<ArrayLike<unknown>>, hoverinfo?: string}} Series */
/** @typedef {{caption: string, head: string[], body: string[][]}} Table */

const MOST_ROWS = 40;
const MOST_SERIES = 12;

/** @param {unknown} value */
const written = (value) => (typeof value === "number" ? shortNumber(value) : value === null || value === undefined ? "–" : String(value));

/**
 * At most so many numbers from 0 to count - 1, evenly spread, the first and the last among them.
 * @param {number} count
 * @param {number} most
 */
export function spaced(count, most) {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
}

/**
 * The numbers of a picture's curves: for each its name, and where it is; longer ones thinned.
 * @param {string} caption
 * @param {Series[]} series
 * @returns {Table}
 */
export function tableOf(caption, series) {
  const seen = series.filter(({ visible, x, y, z, hoverinfo }) => visible !== false && hoverinfo !== "skip"
    && ((x?.length && y?.length) || z?.length));
  const shown = seen.slice(0, MOST_SERIES);
  /** @type {string[][]} */
  const body = [];
  shown.forEach(({ name = "", x = [], y = [], z }) => {
    if (z) {
      spaced(z.length, MOST_ROWS).forEach((i) => body.push([name, written(y[i] ?? i), Array.from(z[i], written).join(", ")]));
      return;
    }
    const rows = Math.max(Math.floor(MOST_ROWS / shown.length), 6);
    spaced(Math.min(x.length, y.length), rows).forEach((i) => body.push([name, written(x[i]), written(y[i])]));
  });
  const left = seen.length - shown.length;
  const more = left > 0 ? ` (${left} more curves are left out)` : "";
  return { caption: caption + more, head: ["curve", "at", "value"], body };
}

/**
 * Show a table over the page; Escape or its button closes it.
 * @param {HTMLElement} host the element whose look it takes
 * @param {Table} table
 */
export function showTable(host, { caption, head, body }) {
  const dialog = document.createElement("dialog");
  dialog.className = "picture-table";
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  const scroll = Object.assign(document.createElement("div"), { className: "picture-scroll", tabIndex: 0 });
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", caption);
  const table = document.createElement("table");
  table.createCaption().textContent = caption;
  const first = table.createTHead().insertRow();
  for (const name of head) {
    first.append(Object.assign(document.createElement("th"), { textContent: name, scope: "col" }));
  }
  const rows = table.createTBody();
  for (const cells of body) {
    const row = rows.insertRow();
    for (const text of cells) row.insertCell().textContent = text;
  }
  scroll.append(table);
  dialog.append(close, scroll);
  dialog.addEventListener("close", () => dialog.remove());
  host.append(dialog);
  dialog.showModal();
}
