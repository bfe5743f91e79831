// @ts-check
// The six pictures on the page: a large one, chosen by tabs, keys or a click, and small ones beside it.

import { part } from "./dom.js";

/** @typedef {import("./types.js").Name} Name */

/** In the order of their keys, 1 to 6. @type {Name[]} */
export const NAMES = ["overlaps", "loss", "map", "heatmap", "norms", "matching"];
/** What a tab says, and a title that gives nothing away. @type {Record<Name, string>} */
export const SHORT = { overlaps: "Overlaps", loss: "Loss", map: "Neuron map", heatmap: "Heatmap", norms: "Norms", matching: "Matching" };

/** @param {Name} name */
const tile = (name) => `
  <section class="lab-tile" data-tile="${name}" aria-labelledby="lab-title-${name}">
    <header><h2 id="lab-title-${name}"></h2><span class="lab-chips"></span></header>
    <div class="lab-plot"><div data-figure="${name}" aria-hidden="true"></div><div class="lab-names" aria-hidden="true"></div>
      <button type="button" class="picture-numbers" data-table="${name}" aria-label="Data table: ${SHORT[name]}">Data table</button></div>
    <p class="lab-hidden lab-alternative"></p>
  </section>`;

export const TABS = `<div class="lab-tabs" role="group" aria-label="The large picture">${NAMES.map((name, i) => `
  <button type="button" data-hero="${name}" aria-pressed="false" title="${SHORT[name]} (key ${i + 1})"><kbd>${i + 1}</kbd> ${SHORT[name]}</button>`).join("")}</div>`;
export const TILES = NAMES.map(tile).join("");

export class Tiles {
  /**
   * @param {HTMLElement} host
   * @param {() => void} changed another picture is large
   * @param {import("./words.js").Explanations} explanations of symbols in titles
   */
  constructor(host, changed, explanations) {
    this.explanations = explanations;
    this.host = host;
    this.changed = changed;
    /** @type {Name} */
    this.hero = "overlaps";
    for (const name of NAMES) {
      part(host, `[data-hero=${name}]`, HTMLButtonElement).addEventListener("click", () => this.choose(name));
      const heading = part(this.of(name), "h2", HTMLElement);
      heading.addEventListener("click", () => this.choose(name));
    }
    this.mark();
  }

  /** @param {Name} name */
  of(name) {
    return part(this.host, `[data-tile=${name}]`, HTMLElement);
  }

  /** @param {Name} name */
  choose(name) {
    if (this.set(name)) this.changed();
  }

  /**
   * The same for an experiment that is about to be drawn; whether it is another picture.
   * @param {Name} name
   */
  set(name) {
    if (name === this.hero) return false;
    this.hero = name;
    this.mark();
    return true;
  }

  mark() {
    for (const name of NAMES) {
      const large = name === this.hero;
      this.of(name).classList.toggle("lab-hero", large);
      part(this.host, `[data-hero=${name}]`, HTMLElement).setAttribute("aria-pressed", String(large));
    }
  }

  /**
   * Say what is seen in each picture.
   * @param {Record<Name, string>} titles
   */
  entitle(titles) {
    for (const name of NAMES) {
      const heading = part(this.of(name), "h2", HTMLElement);
      this.explanations.write(heading, titles[name]);
    }
  }
}
