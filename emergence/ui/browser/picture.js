// @ts-check
// One figure of a lesson: drawn where it stands whenever Python sends another, never remounted.

import { called, leaveTabs, reachFormulas } from "./access.js";
import { printWhole } from "./paper.js";
import { CONFIG, dress, loadPlotly } from "./plot.js";
import { showTable, tableOf } from "./table.js";

/**
 * An element with a picture: the figure it should show, the one it shows, what leads to another.
 * @typedef {object} Picture
 * @property {string} [wanted]
 * @property {string} [shown]
 * @property {boolean} [drawing]
 * @property {number} [letters] size of the page's letters when it was drawn
 * @property {{figures: string[], to: string}} [film]
 * @property {ResizeObserver} [resize]
 */

/** Size of the page's letters, as a factor. */
const magnification = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/**
 * On a projector a lesson's letters are larger (see lesson.css); its figures follow.
 * @param {import("./types.js").Layout} layout
 */
function enlarge(layout) {
  const factor = magnification();
  if (!(factor > 1)) return; // a page that is being left has no size: not a number
  layout.font.size *= factor;
  layout.title.font.size *= factor;
  if (layout.legend?.font) layout.legend.font.size *= factor;
  for (const side of Object.keys(layout.margin)) layout.margin[side] *= factor;
  for (const note of layout.annotations ?? []) if (note.font?.size) note.font.size *= factor;
}

/**
 * A button after the picture that shows its numbers.
 * @param {HTMLElement & Partial<import("./types.js").Drawn>} host
 * @param {string} name
 */
function offerTable(host, name) {
  const there = host.nextElementSibling;
  const button = there instanceof HTMLButtonElement ? there : document.createElement("button");
  Object.assign(button, { type: "button", className: "picture-numbers", textContent: "Data table" });
  button.setAttribute("aria-label", `Data table: ${name}`);
  button.onclick = () => showTable(host.parentElement ?? document.body, tableOf(name, host._fullData ?? []));
  if (there !== button) host.after(button);
}

const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const PACE = 550; // milliseconds for each figure of a film

/**
 * @param {HTMLElement & Picture} host
 * @param {import("./types.js").Shown} data
 */
export async function show(host, data) {
  printWhole();
  host.wanted = data.figure;
  // What leads to the wanted figure; anything else that is wanted meanwhile ends it.
  if (data.film.length && !STILL.matches) host.film = { figures: [...data.film], to: data.figure };
  const Plotly = await loadPlotly(data.plotly);
  // Figures that are overtaken while another is being drawn are left out.
  if (host.drawing) return;
  host.drawing = true;
  while (host.shown !== host.wanted && host.isConnected) {
    const next = host.film?.to === host.wanted ? host.film.figures.shift() : undefined;
    const shown = next ?? host.wanted;
    /** @type {import("./types.js").Figure} */
    const figure = JSON.parse(shown);
    host.letters = magnification();
    dress(figure.layout, host);
    enlarge(figure.layout);
    const displayModeBar = host.clientWidth < 500 ? false : "hover";
    await Plotly.react(host, figure.data, figure.layout, { ...CONFIG, displayModeBar });
    const name = called(figure.layout);
    host.setAttribute("aria-label", name);
    leaveTabs(host);
    offerTable(host, name);
    host.shown = shown;
    host.dataset.drawn = String(Number(host.dataset.drawn ?? 0) + 1); // for whoever waits for it
    if (next) await new Promise((wake) => { setTimeout(wake, PACE); });
  }
  host.drawing = false;
  reachFormulas();
  host.resize ??= new ResizeObserver(() => {
    if (!host.clientWidth) return;
    if (host.letters === magnification()) Plotly.Plots.resize(host);
    else {
      host.shown = undefined; // other letters: another drawing
      show(host, { ...data, figure: host.wanted ?? data.figure, film: [] });
    }
  });
  host.resize.observe(host);
}
