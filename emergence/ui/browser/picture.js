// @ts-check
// One figure of a lesson: drawn where it stands whenever Python sends another, never remounted.

import { called, leaveTabs, reachFormulas } from "./access.js";
import { part } from "./dom.js";
import { Dragging } from "./dragging.js";
import { printWhole } from "./paper.js";
import { names, writeBelow, writeInside } from "./legend.js";
import { least, rows, suit } from "./panels.js";
import { CONFIG, loadPlotly } from "./plot.js";
import { offerSave, savePicture } from "./slide.js";
import { Explanations } from "./words.js";
import { showTable, tableOf } from "./table.js";

/**
 * An element with a picture: the figure it should show, the one it shows, what leads to another.
 * @typedef {object} Picture
 * @property {string} [place] its own among the app's pictures
 * @property {string[]} [early] what was drawn before Streamlit has handed it over, the latest last
 * @property {import("./types.js").Shown} [given] what is to be shown
 * @property {string} [wanted] its figure
 * @property {string} [shown]
 * @property {boolean} [drawing]
 * @property {string} [kept] the figure drawn last
 * @property {Explanations} [explanations] of the symbols in its titles
 * @property {string} [room] what it was drawn for
 * @property {string} [axes] names of its axes
 * @property {() => void} [again] draws it anew
 * @property {(format: "svg" | "png") => void} [save] the picture
 * @property {() => import("./slide.js").Shown} [saved] what is to be saved of it
 * @property {{figures: string[], to: string}} [film]
 * @property {boolean} [appearing] its answer has been asked for and is not drawn yet
 * @property {ResizeObserver} [resize]
 * @property {Dragging} [dragging] of the guess in it
 * @property {(name: "marker", value: number) => void} [tell] Python what a hand has done
 */

/** Size of the page's letters, as a factor. */
const magnification = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/**
 * Size of a picture's letters over what Python gave them: on a projector those of a lesson are larger
 * (see lesson.css), in a small window smaller.
 */
const letters = () => (window.innerWidth < 1100 ? 0.8 : Math.max(magnification(), 1) || 1);

const NAMES = 13; // size of the names at the lines where letters have the size that Python gave them
const LEAST = 11; // pixels of a letter
const TURNS = 3; // drawings in which the names find their places
/**
 * A button after the picture that shows its numbers.
 * @param {HTMLElement & Partial<import("./types.js").Drawn>} host
 * @param {string} name
 */
function offerTable(host, name) {
  const there = host.parentElement?.querySelector(".picture-numbers");
  const button = there instanceof HTMLButtonElement ? there : document.createElement("button");
  Object.assign(button, { type: "button", className: "picture-numbers", textContent: "Data table" });
  button.setAttribute("aria-label", `Data table: ${name}`);
  button.onclick = () => showTable(host.parentElement ?? document.body, tableOf(name, host._fullData ?? []));
  if (there !== button) host.parentElement?.append(button);
  button.style.bottom = `${(host.parentElement?.clientHeight ?? 0) - host.clientHeight}px`; // above the key
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
  host.parentElement?.querySelector(".picture-names")?.animate([{ opacity: 0 }, { opacity: 1 }], { duration: APPEARING, easing: "ease-in" });
}

/** Whether the answer has just been asked for. @param {import("./types.js").Shown} data */
const answers = ({ revealed, key }) => revealed && REVEALED.get(key) === false;

const EARLY = 8; // how much is remembered of what was drawn and is not handed over: another has overtaken it

/**
 * A figure that has come, and that Streamlit will hand over: where its picture stands, it is drawn now.
 * @param {import("./types.js").Shown} data
 */
export function showEarly(data) {
  /** @type {NodeListOf<HTMLElement & Picture>} */
  const hosts = document.querySelectorAll(".picture");
  const host = [...hosts].find(({ place }) => place === data.place);
  const sent = JSON.stringify(data);
  if (!host?.clientWidth) return; // Streamlit hides what waits for code of its own
  if (sent === JSON.stringify(host.given)) return; // the same again is not handed over
  if (answers(data)) return; // it moves into view, where the verdict has to be first
  host.early = [...host.early ?? [], sent].slice(-EARLY);
  host.parentElement?.classList.toggle("picture-low", data.low);
  follow(host, data).catch(() => { // once it is handed over, what is wrong is said
    host.early = [];
    host.drawing = false;
  });
}

/**
 * Show what Streamlit hands over, unless it is drawn, or overtaken.
 * @param {HTMLElement & Picture} host
 * @param {import("./types.js").Shown} data
 */
export async function show(host, data) {
  host.place = data.place;
  const early = host.early ?? [];
  const known = early.lastIndexOf(JSON.stringify(data));
  host.early = known < 0 ? [] : early.slice(known + 1);
  if (known < 0) await follow(host, data);
}

/**
 * @param {HTMLElement & Picture} host
 * @param {import("./types.js").Shown} data
 */
async function follow(host, data) {
  printWhole();
  host.given = data;
  host.wanted = data.figure;
  part(host.parentElement ?? document.body, ".picture-waits", HTMLElement).hidden = !data.waits;
  if (answers(data)) {
    bringIntoView(host);
    host.appearing = true;
  }
  REVEALED.set(data.key, data.revealed);
  // What leads to the wanted figure; anything else that is wanted meanwhile ends it.
  if (data.film.length && !STILL.matches) host.film = { figures: [...data.film], to: data.figure };
  host.explanations ??= new Explanations(host.parentElement ?? document.body, data.words);
  const Plotly = await loadPlotly(data.plotly);
  host.saved = () => ({
    Plotly, figure: host.wanted ?? data.figure, name: host.getAttribute("aria-label") ?? "", about: data.about, numbers: data.numbers,
  });
  // Figures that are overtaken while another is being drawn are left out.
  if (host.drawing) return;
  host.drawing = true;
  while (host.shown !== host.wanted && host.clientWidth) { // out of the page it has no room
    const next = host.film?.to === host.wanted ? host.film.figures.shift() : undefined;
    const shown = next ?? host.wanted;
    await draw(Plotly, host, JSON.parse(shown), shown !== host.kept);
    host.kept = shown;
    host.shown = shown;
    host.dataset.drawn = String(Number(host.dataset.drawn ?? 0) + 1); // for whoever waits for it
    if (next) await new Promise((wake) => { setTimeout(wake, PACE); });
  }
  host.drawing = false;
  host.dragging ??= new Dragging(host, (option) => host.tell?.("marker", option));
  host.dragging.follow(host.given.marker);
  reachFormulas();
  if (host.appearing) { // what stands above it may grow meanwhile
    for (const later of [0, SETTLED]) setTimeout(() => bringIntoView(host), later);
  }
  if (host.appearing && !STILL.matches && !data.film.length) drawLines(host);
  host.appearing = false;
  host.again = () => follow(host, { ...host.given ?? data, film: [] });
  host.resize ??= new ResizeObserver(() => {
    fitView(host);
    if (!host.clientWidth || host.drawing) return;
    if (host.room === roomOf(host) && host.shown === host.wanted) return;
    host.shown = undefined; // another room: another drawing
    host.again?.();
  });
  host.resize.observe(host);
  host.resize.observe(host.closest("[class*=st-key-part_] > :nth-child(2)") ?? host);
}

const BELOW = 16; // pixels between a high column's end and the window's
const ABOVE = 118; // pixels of the app's bar and the lesson's, where a page's letters have their common size

/**
 * A picture whose controls need more room than others' is lower, so that the whole of it is in view.
 * @param {HTMLElement} host
 */
function fitView(host) {
  const frame = host.parentElement;
  const column = host.closest("[class*=st-key-part_] > :nth-child(2)");
  if (!frame || !(column instanceof HTMLElement)) return;
  // A column that is higher than the window stays with its end in view, not with its begin.
  const end = window.innerHeight - column.offsetHeight - BELOW;
  column.style.top = end < 0 && window.innerWidth > 760 ? `${end}px` : "";
  const over = frame.getBoundingClientRect().top - column.getBoundingClientRect().top;
  frame.style.maxHeight = window.innerWidth > 760 ? `${Math.max(window.innerHeight - over - ABOVE * Math.max(magnification(), 1), 320)}px` : "";
}

/** What a drawing depends on beside its figure. @param {HTMLElement} host */
const roomOf = (host) => `${host.clientWidth} × ${host.clientHeight}, ${letters()}`;

/**
 * @param {import("./types.js").Plotly} Plotly
 * @param {HTMLElement & Picture} host
 * @param {import("./types.js").Figure} figure
 * @param {boolean} another whether it is not the figure drawn last
 */
async function draw(Plotly, host, figure, another) {
  const frame = host.parentElement ?? document.body;
  const layer = part(frame, ".picture-names", HTMLElement);
  const key = part(frame, ".picture-key", HTMLElement);
  const style = getComputedStyle(host);
  const pen = document.createElement("canvas").getContext("2d");
  /** @param {string} text @param {number} size */
  const measure = (text, size) => {
    if (pen) pen.font = `${size}px ${style.fontFamily}`;
    return pen?.measureText(text).width ?? 0;
  };
  fitView(host);
  const size = Math.max(NAMES * letters(), LEAST);
  const named = figure.layout.showlegend;
  const panels = rows(figure.layout, host.clientWidth);
  frame.style.setProperty("--rows", String(panels));
  frame.classList.toggle("picture-stacked", panels > 0);
  /** @type {Set<string | undefined>} */
  const below = new Set();
  if (another || host.room !== roomOf(host)) writeBelow(key, []);
  const look = { letters: letters(), colour: style.color, family: style.fontFamily, measure };
  const trial = structuredClone(figure.layout);
  suit(trial, { width: host.clientWidth, height: host.clientHeight, ...look });
  const need = least(trial, measure);
  frame.style.minHeight = `${need + key.offsetHeight}px`; // panels are read, if need be by scrolling
  // Names that have no room in the picture take some of it below; in what is left others may not fit.
  for (let turn = 0; turn < TURNS; turn += 1) {
    const { layout, data } = turn ? structuredClone(figure) : figure;
    if (!turn) figure = structuredClone(figure);
    const { clientWidth: width, clientHeight: height } = host;
    if (!width || !height) return; // it has gone from the page meanwhile
    suit(layout, { width, height, ...look });
    Object.assign(layout, { width, height, uirevision: host.given?.key }); // a view's own zoom
    // Plotly misplaces the lines of axes that were not there before and on which nothing is drawn.
    const axes = Object.keys(layout).filter((each) => each.includes("axis")).join();
    if (host.axes !== axes) Plotly.purge(host);
    host.axes = axes;
    const displayModeBar = width < 500 ? false : "hover";
    await Plotly.react(host, data, layout, { ...CONFIG, displayModeBar });
    const found = names(/** @type {import("./legend.js").Host} */ (/** @type {unknown} */ (host)), size, named, below);
    for (const trace of found.below) below.add(trace.name);
    writeInside(layer, found.inside, size);
    writeBelow(key, found.below);
    frame.style.minHeight = `${need + key.offsetHeight}px`;
    if (host.clientHeight === height) break;
  }
  layer.style.top = `${host.offsetTop}px`; // a key to stacked panels stands above them
  host.room = roomOf(host);
  const name = called(figure.layout);
  host.setAttribute("aria-label", name);
  leaveTabs(host);
  for (const title of host.querySelectorAll("text[class$=title]")) host.explanations?.offer(title);
  offerTable(host, name);
  const { saved } = host;
  if (!saved) return;
  host.save = (format) => { savePicture(saved(), format); };
  const button = offerSave(frame, name, saved);
  button.style.bottom = `${frame.clientHeight - host.clientHeight}px`; // above the key
}
