// @ts-check
// The Live Lab's "Save": the run, its tables, its pictures, a film of it. A dialog.

import { part } from "./dom.js";
import { formats, record } from "./film.js";
import { PROJECTOR } from "./framing.js";
import { exact } from "./numbers.js";
import { download, fetchFile, fileName, pictured, report, saidOf, TYPES } from "./saving.js";
import { SOFTWARE } from "./software.js";
import { Studio } from "./studio.js";
import { NAMES, SHORT } from "./tiles.js";

/** @typedef {import("./viewer.js").Lab} Lab */
/** @typedef {import("./types.js").Name} Name */

const TABLES = [["loss", "Loss over time"], ["directions", "Directions"], ["neurons", "Neurons"], ["overlaps", "Overlaps over time"]];
const SIZES = [{ width: 1280, height: 720 }, PROJECTOR];
const SHORTEST = 2;
const LONGEST = 120;

/** @param {string} name @param {string[][]} options */
const choice = (name, options) => `<select name="${name}">${options.map(([value, text]) => `<option value="${value}">${text}</option>`).join("")}</select>`;
/** @param {string} act @param {string} text */
const button = (act, text) => `<button type="button" data-save="${act}">${text}</button>`;

export const SAVE = `<dialog class="lab-help lab-save" aria-labelledby="lab-save-title"><form method="dialog">
  <h2 id="lab-save-title">Save</h2>
  <fieldset class="lab-save-run"><legend>This run</legend><p class="lab-save-state"></p>
    <p>${button("npz", "Whole run (NPZ)")} <label>Table ${choice("table", TABLES)}</label> ${button("csv", "CSV")} ${button("parquet", "Parquet")}</p></fieldset>
  <fieldset><legend>A picture, ${PROJECTOR.width} × ${PROJECTOR.height}</legend>
    <p><label>Picture ${choice("picture", NAMES.map((name) => [name, SHORT[name]]))}</label> ${button("svg", "SVG")} ${button("png", "PNG")}</p></fieldset>
  <fieldset class="lab-save-film"><legend>A film of this picture</legend>
    <p><label>Seconds <input name="seconds" type="number" min="${SHORTEST}" max="${LONGEST}" value="12"></label>
    <label>Size ${choice("size", SIZES.map(({ width, height }, i) => [String(i), `${width} × ${height}`]))}</label>
    ${button("webm", "WebM")} ${button("mp4", "MP4")} <button type="button" data-save="stop" hidden>Stop</button></p>
    <progress max="1" value="0" hidden></progress></fieldset>
  <p class="lab-saved" role="status"></p>
  <button>Close</button></form></dialog>`;

export class Save {
  /**
   * @param {Lab} lab
   * @param {string} address of the run's files, "" where no server makes them
   */
  constructor(lab, address) {
    this.lab = lab;
    this.address = address;
    this.dialog = part(lab.host, ".lab-save", HTMLDialogElement);
    this.said = part(this.dialog, ".lab-saved", HTMLElement);
    this.bar = part(this.dialog, "progress", HTMLProgressElement);
    /** A film that is being made. @type {AbortController | null} */
    this.filming = null;
    part(this.dialog, ".lab-save-run", HTMLElement).hidden = !address;
    const able = formats();
    part(this.dialog, ".lab-save-film", HTMLElement).hidden = !able.length;
    for (const each of this.dialog.querySelectorAll("[data-save]")) {
      const act = each.getAttribute("data-save") ?? "";
      if (each instanceof HTMLElement && ["webm", "mp4"].includes(act)) each.hidden = !able.includes(act);
      each.addEventListener("click", () => this.act(act));
    }
    this.dialog.addEventListener("close", () => this.filming?.abort());
    part(lab.host, "[data-act=save]", HTMLButtonElement).addEventListener("click", () => this.toggle());
  }

  toggle() {
    if (this.dialog.open) {
      this.dialog.close();
      return;
    }
    const { store, data, tiles } = this.lab;
    const { header, reached } = store;
    const state = header.diverged ? "It has diverged: all up to then."
      : store.final ? "It is finished." : `As far as it is computed: step ${exact(reached, data.whole)} of ${exact(data.end, data.whole)}.`;
    part(this.dialog, ".lab-save-state", HTMLElement).textContent = state;
    this.field("picture").value = tiles.hero;
    this.said.textContent = "";
    this.dialog.showModal();
  }

  /** @param {string} name */
  field(name) {
    return /** @type {HTMLSelectElement | HTMLInputElement} */ (part(this.dialog, `[name=${name}]`, HTMLElement));
  }

  /** @param {string} act */
  act(act) {
    if (act === "stop") this.filming?.abort();
    else if (act === "svg" || act === "png") report(this.said, () => this.picture(act));
    else if (act === "webm" || act === "mp4") report(this.said, () => this.film(act));
    else report(this.said, () => fetchFile(this.address, { query: this.lab.data.query, format: act, table: this.field("table").value }));
  }

  /**
   * What stands above and below a picture.
   * @param {Name} name
   * @param {string} when "" for all the time
   */
  about(name, when) {
    const { data, store, playback, comparison } = this.lab;
    const ended = when && playback.done && store.header.titles;
    const title = this.lab.predict.guessing ? SHORT[name] : (ended || data.titles)[name];
    const parameters = data.parameters.filter(({ value }) => value).map(({ symbol, value }) => `${symbol} = ${value}`).join(", ");
    const under = comparison.under(data);
    const caption = [
      parameters, ...(under ? [`Dashed: ${under.data.query.replaceAll("&", ", ").replaceAll("=", " = ")}`] : []), [when, SOFTWARE].filter(Boolean).join(" · "),
    ];
    return { title, caption, description: caption.join("; ") };
  }

  /** @param {"svg" | "png"} format */
  async picture(format) {
    const { lab } = this;
    const name = /** @type {Name} */ (this.field("picture").value);
    const { position } = lab.playback;
    const about = this.about(name, `Step ${exact(position, lab.data.whole)} of ${exact(lab.data.end, lab.data.whole)}`);
    const studio = new Studio(lab.painter, name, about);
    try {
      await studio.open();
      const figure = studio.still(lab.store.moment(position, lab.data.first));
      const file = await pictured(lab.painter.Plotly, figure, format, about);
      const called = `${fileName(lab.data.query)}-${name}.${format}`;
      download(file, TYPES[format], called);
      return called;
    } finally {
      studio.close();
    }
  }

  /** @param {string} ending */
  async film(ending) {
    const { lab, bar } = this;
    const name = /** @type {Name} */ (this.field("picture").value);
    const seconds = Math.min(Math.max(Number(this.field("seconds").value) || 12, SHORTEST), LONGEST);
    this.field("seconds").value = String(seconds);
    const reached = lab.timeline.shareOf(lab.store.reached);
    if (!(reached > 0)) throw new Error("nothing is computed yet: play it first");
    const about = this.about(name, "");
    const studio = new Studio(lab.painter, name, about, SIZES[Number(this.field("size").value)]);
    this.filming = new AbortController();
    this.busy(true);
    lab.act((playback) => playback.wait(playback.position));
    try {
      await studio.open();
      const stepAt = (/** @type {number} */ share) => lab.timeline.stepAt(share * reached);
      const film = await record({ studio, said: saidOf(about), stepAt }, ending, seconds, (share) => { bar.value = share; }, this.filming.signal);
      if (!film) return "nothing: the film was stopped";
      const called = `${fileName(lab.data.query)}-${name}.${ending}`;
      download(film.content, film.type, called);
      return called;
    } finally {
      studio.close();
      this.busy(false);
      this.filming = null;
    }
  }

  /** @param {boolean} filming */
  busy(filming) {
    this.bar.hidden = !filming;
    this.bar.value = 0;
    for (const each of this.dialog.querySelectorAll("button[data-save]")) {
      if (!(each instanceof HTMLButtonElement)) continue;
      if (each.dataset.save === "stop") each.hidden = !filming;
      else each.disabled = filming;
    }
  }
}
