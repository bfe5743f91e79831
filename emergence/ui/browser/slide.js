// @ts-check
// A lesson's picture for a slide, and its numbers: drawn once more, out of sight, in a projector's size, black on white.

import { part } from "./dom.js";
import { FAMILY, frame, framed, GROUND, INK, measuring, PROJECTOR } from "./framing.js";
import { names, whole } from "./legend.js";
import { suit } from "./panels.js";
import { download, fetchFile, fileName, pictured, report, TYPES } from "./saving.js";
import { SOFTWARE } from "./software.js";

/** @typedef {import("./types.js").Figure} Figure */
/** @typedef {import("./types.js").Plotly} Plotly */

const LETTERS = 1.7; // size of a slide's letters over that which Python gave them
const NAMES = 13; // size of the names at the lines where letters have the size that Python gave them
const TURNS = 3; // drawings in which the names find their places
const SAMPLE = 90; // pixels of what stands before a name below the picture

/**
 * What is saved: a figure in JSON, what it is called, of what it is, where its numbers are made.
 * @typedef {{figure: string, name: string, about: string, numbers: string, Plotly: Plotly}} Shown
 */

/**
 * A figure with the names of its lines and what it is of.
 * @param {Plotly} Plotly
 * @param {Figure} figure
 * @param {string[]} caption
 */
export async function slide(Plotly, figure, caption) {
  const measure = measuring();
  const around = frame({ title: "", caption }, PROJECTOR, measure);
  const { width, height: inner } = around.inner;
  const host = document.createElement("div");
  host.className = "picture-slide";
  document.body.append(host);
  const size = NAMES * LETTERS;
  /** @type {Set<string | undefined>} */
  const below = new Set();
  let key = 0;
  try {
    for (let turn = 1; ; turn += 1) {
      const { layout, data } = structuredClone(figure);
      const height = inner - key;
      suit(layout, { width, height, letters: LETTERS, colour: INK, family: FAMILY, measure });
      Object.assign(layout, { width, height });
      await Plotly.react(host, data, layout, { staticPlot: true });
      const found = names(/** @type {import("./legend.js").Host} */ (/** @type {unknown} */ (host)), size, figure.layout.showlegend, below);
      for (const trace of found.below) below.add(trace.name);
      const long = found.below.reduce((sum, { name = "" }) => sum + SAMPLE + measure(name, size), 0);
      const need = found.below.length ? Math.ceil(long / (width - layout.margin.l)) * size * 1.7 : 0;
      if (turn === TURNS || need === key) {
        const ready = whole({ data, layout }, size, found.inside, found.below, { width, height, ground: GROUND });
        const margin = { ...layout.margin, b: layout.margin.b + key, autoexpand: /** @type {any} */ (false) };
        return { data: ready.data, layout: framed(/** @type {any} */ ({ ...ready.layout, margin }), around) };
      }
      key = need;
    }
  } finally {
    Plotly.purge(host);
    host.remove();
  }
}

/** Which picture of which page: some have several. @param {string} about @param {string} name */
const which = (about, name) => [about, name].filter(Boolean).join("; ");

/**
 * Save a picture as it is shown; the name of the file.
 * @param {Shown} shown
 * @param {"svg" | "png"} format
 */
export async function savePicture({ Plotly, figure, name, about }, format) {
  const caption = [about, SOFTWARE].filter(Boolean);
  const made = await slide(Plotly, JSON.parse(figure), caption);
  const file = await pictured(Plotly, made, format, { title: name, description: caption.join("; ") });
  const called = `${fileName(which(about, name))}.${format}`;
  download(file, TYPES[format], called);
  return called;
}

const DIALOG = `<form method="dialog"><h2>Save</h2>
  <p>This picture, ${PROJECTOR.width} × ${PROJECTOR.height}: <button type="button" data-save="svg">SVG</button> <button type="button" data-save="png">PNG</button></p>
  <p>Its numbers as a table: <button type="button" data-save="csv">CSV</button> <button type="button" data-save="parquet">Parquet</button></p>
  <p role="status"></p><button>Close</button></form>`;

/**
 * A button after a picture that saves it.
 * @param {HTMLElement} frameOf the picture
 * @param {string} name
 * @param {() => Shown} shown
 */
export function offerSave(frameOf, name, shown) {
  const there = frameOf.querySelector(".picture-save");
  const button = there instanceof HTMLButtonElement ? there : document.createElement("button");
  Object.assign(button, { type: "button", className: "picture-save", textContent: "Save" });
  button.setAttribute("aria-label", `Save: ${name}`);
  button.onclick = () => open(frameOf, name, shown());
  if (there !== button) frameOf.append(button);
  return button;
}

/**
 * @param {HTMLElement} place
 * @param {string} name
 * @param {Shown} shown
 */
function open(place, name, shown) {
  const dialog = document.createElement("dialog");
  dialog.className = "picture-table picture-saving";
  dialog.setAttribute("aria-label", `Save: ${name}`);
  dialog.innerHTML = DIALOG;
  const said = part(dialog, "[role=status]", HTMLElement);
  for (const each of dialog.querySelectorAll("[data-save]")) {
    const format = each.getAttribute("data-save") ?? "";
    each.addEventListener("click", () => report(said, () => (format === "svg" || format === "png"
      ? savePicture(shown, format)
      : fetchFile(shown.numbers, { format, name: which(shown.about, name), about: which(shown.about, name) }, shown.figure))));
  }
  dialog.addEventListener("close", () => dialog.remove());
  place.append(dialog);
  dialog.showModal();
}
