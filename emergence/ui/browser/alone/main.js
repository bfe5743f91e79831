// @ts-check
// The Live Lab in a page of its own, without a server.

import { part } from "../dom.js";
import { show } from "../live.js";
import { said, say } from "./address.js";
import { computed } from "./computed.js";
import { Controls } from "./controls.js";
import { read, suits } from "./experiment.js";
import { block, unpacked, unpackedText } from "./packed.js";
import { queryOf } from "./payload.js";
import { plural } from "./phrases.js";
import { recorded } from "./recorded.js";

/** @typedef {import("../types.js").Given} Given */
/** @typedef {import("../types.js").Header} Header */
/** @typedef {import("../types.js").Plotly} Plotly */
/** @typedef {import("../types.js").Source} Source */
/** @typedef {import("../types.js").Tell} Tell */
/** @typedef {import("./plan.js").Wanted} Wanted */

/**
 * What Python says of this page (see `ui/alone/page.py`).
 * @typedef {object} Carried
 * @property {string} query of the experiment it begins with
 * @property {Given["address"]} address
 * @property {Given["words"]} words
 * @property {string} about where its numbers come from, in words
 * @property {Header} [header] of a recorded run
 * @property {import("./experiment.js").Control[]} [controls] of a page that computes
 * @property {import("./payload.js").Template} [template]
 */

const WAIT = 30; // ms that a slider rests before its experiment begins
const LONG = 60; // seconds of computing that a viewer is told of beforehand
const SURE = 2; // seconds of computing after which its speed is known

/** @type {Carried} */
const carried = JSON.parse(block("carried"));
const shown = said(location, carried.address);
/** @type {HTMLElement & {tell?: Tell}} */
const host = part(document, ".lab", HTMLElement);
const about = part(document, ".file-about", HTMLElement);
about.textContent = carried.about;

const plotly = async () => /** @type {Plotly} */ (Reflect.get(window, "Plotly"));

/**
 * @param {Source} source
 * @param {string} query
 * @param {string[]} notices
 */
function give(source, query, notices) {
  const given = {
    query, source, stage: shown.stage, picture: shown.picture, address: carried.address, words: carried.words, notices,
    mends: [], opening: null, acts: [], module: "", plotly: "", run: "", figures: "", instant: "", looks: "", kernels: "", controls: {}, files: "", alone: "",
  };
  const place = part(document, ".file-notices", HTMLElement);
  place.textContent = notices.join("\n");
  place.hidden = !notices.length;
  show(host, given);
}

/** @param {"view" | "opening" | "mend"} name @param {any} value @param {() => void} mend */
function heard(name, value, mend) {
  if (name === "mend") mend();
  if (name !== "view") return;
  Object.assign(shown, { stage: value.view, picture: value.picture });
  say(shown, carried.address);
}

/** How far a run is, or how long it will take if that is long. @param {Header & import("./worker.js").More} header */
function progress({ final, step, seconds, diverged, left }) {
  if (final) return `: ${plural(step, "step")} in ${seconds.toFixed(1)} s${diverged ? ", diverged" : ""}`;
  if (seconds < SURE || left < LONG) return "";
  const minutes = Math.round(left / 60);
  return `: ${minutes < 90 ? `about ${plural(minutes, "minute")}` : `about ${plural(Math.round(minutes / 60), "hour")}`} to the end of this run`;
}

/** @param {Header} header */
function replay(header) {
  host.classList.add("file-recorded"); // there is nothing to compare it with
  host.tell = (name, value) => heard(name, value, () => {});
  shown.query = "";
  give(recorded(carried.query, header, plotly), carried.query, []);
}

/**
 * @param {NonNullable<Carried["controls"]>} table
 * @param {NonNullable<Carried["template"]>} template
 */
async function compute(table, template) {
  const script = new Blob([await unpackedText("worker")], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(script));
  const kernels = await unpacked("kernels");
  worker.postMessage({ kernels, template, least: table.find(({ name }) => name === "c")?.low }, [kernels.buffer]);
  let calmer = 0; // the c of the button below a run that has diverged
  const source = computed(worker, (query) => read(query, table).e, plotly, (header, query) => {
    if (query !== queryOf(e, template)) return;
    calmer = header.calmer;
    about.textContent = carried.about + progress(header);
  });

  /** @type {Wanted} */
  let e;
  let timer = 0;
  const place = part(document, ".file-controls", HTMLDetailsElement);
  place.open = !matchMedia("(max-width: 760px)").matches; // on a phone the picture is on the first screen
  const sliders = new Controls(place, table, (values) => change({ ...e, ...values }, Object.keys(values)));
  place.hidden = false;

  /**
   * @param {Wanted} wanted
   * @param {string[]} moved the names of what has been changed
   */
  const change = (wanted, moved) => {
    const other = moved.includes("d") ? "P" : "d";
    const notices = wanted.P > wanted.d ? [`${wanted.P} directions do not fit into d = ${wanted.d} dimensions: ${other} is changed to fit.`] : [];
    if (wanted.P > wanted.d) wanted[other] = other === "P" ? wanted.d : wanted.P;
    if (moved.includes("J")) wanted.mixture = [];
    if (!suits(wanted)) wanted.engine = "sgd";
    about.textContent = carried.about;
    begin(wanted, notices, WAIT);
    say(shown, carried.address);
  };

  /**
   * @param {Wanted} wanted
   * @param {string[]} notices
   * @param {number} wait
   */
  const begin = (wanted, notices, wait) => {
    e = wanted;
    shown.query = queryOf(e, template);
    sliders.show(e);
    clearTimeout(timer);
    timer = window.setTimeout(() => give(source, shown.query, notices), wait);
  };

  host.tell = (name, value) => heard(name, value, () => change({ ...e, c: calmer }, ["c"]));
  const open = () => {
    const { e: wanted, notices } = read(shown.query || carried.query, table);
    begin(wanted, notices, 0);
  };
  addEventListener("hashchange", () => {
    Object.assign(shown, said(location, carried.address));
    open();
  });
  open();
}

if (carried.header) replay(carried.header);
else if (carried.controls && carried.template) compute(carried.controls, carried.template);
