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
 * @property {boolean} [appearing] its answer has been asked for and is not drawn yet
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
 * Whether pictures have their answers, by key: a study's comes in another element.
 * @type {Map<string, boolean>}
 */
const REVEALED = new Map();
const SETTLED = 800; // milliseconds after which the verdict and the progress have their places
const APPEARING = 1100; // milliseconds in which the lines of an answer are drawn

/** @param {HTMLElement} host */
const bringIntoView = (host) =>
  host.scrollIntoView({ block: "nearest", behavior: STILL.matches ? "auto" : "smooth" });

/**
 * Have the lines of an answer appear along their axis.
 * @param {HTMLElement} host
 */
function drawLines(host) {
  for (const layer of host.querySelectorAll(".cartesianlayer .mlayer")) {
    layer.animate(
      [{ clipPath: "inset(-10% 100% -10% -10%)" }, { clipPath: "inset(-10%)" }],
      { duration: APPEARING, easing: "ease-in-out" },
    );
  }
}

/**
 * @param {HTMLElement & Picture} host
 * @param {import("./types.js").Shown} data
 */
export async function show(host, data) {
  printWhole();
  host.wanted = data.figure;
  if (data.revealed && REVEALED.get(data.key) === false) { // the answer has just been asked for
    bringIntoView(host);
    host.appearing = true;
  }
  REVEALED.set(data.key, data.revealed);
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
  if (host.appearing) { // what stands above it may grow meanwhile
    for (const later of [0, SETTLED]) setTimeout(() => bringIntoView(host), later);
  }
  if (host.appearing && !STILL.matches && !data.film.length) drawLines(host);
  host.appearing = false;
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
