// @ts-check
// Plain words for symbols where they stand: pointed at, tapped, or reached by the keyboard.

import { part } from "./dom.js";

/** What each symbol means, as Python's table has it (see ui/glossary.py). @typedef {Record<string, string>} Words */

const SCROLLS = 500; // ms in which what the keyboard asks for comes into view, and other things under the pointer
const LETTER = /[\p{L}\p{N}\p{M}_]/u;

/**
 * A text in pieces: symbols that are explained, and what is between them.
 * @param {string} text
 * @param {Words} words
 * @returns {{text: string, symbol: boolean}[]}
 */
export function pieces(text, words) {
  const symbols = Object.keys(words).sort((a, b) => b.length - a.length);
  /** @type {{text: string, symbol: boolean}[]} */
  const found = [];
  let plain = "";
  for (let i = 0; i < text.length;) {
    const symbol = symbols.find((each) => text.startsWith(each, i)
      && !LETTER.test(text[i - 1] ?? " ") && !LETTER.test(text[i + each.length] ?? " "));
    if (symbol) {
      if (plain) found.push({ text: plain, symbol: false });
      found.push({ text: symbol, symbol: true });
      plain = "";
      i += symbol.length;
    } else {
      plain += text[i];
      i += 1;
    }
  }
  if (plain) found.push({ text: plain, symbol: false });
  return found;
}

/**
 * What the symbols of a text mean.
 * @param {string} text
 * @param {Words} words
 */
export function meanings(text, words) {
  const symbols = new Set(pieces(text, words).filter(({ symbol }) => symbol).map((each) => each.text));
  return [...symbols].map((symbol) => `${symbol}: ${words[symbol]}`);
}

/** The symbols of one lab, and the place where one is explained. */
export class Explanations {
  /**
   * @param {HTMLElement} host
   * @param {Words} words
   */
  constructor(host, words) {
    this.host = host;
    this.words = words;
    this.tip = part(host, ".lab-tip", HTMLElement);
    let focused = -Infinity;
    host.addEventListener("focusin", ({ target }) => {
      focused = performance.now();
      this.meet(target);
    });
    host.addEventListener("click", ({ target }) => this.meet(target));
    host.addEventListener("pointerover", ({ target }) => {
      if (performance.now() - focused > SCROLLS) this.meet(target);
    });
    host.addEventListener("focusout", () => this.hide());
    host.addEventListener("keydown", ({ key }) => { if (key === "Escape") this.hide(); });
  }

  /**
   * Write a text whose symbols can be asked; nothing happens where it stands already.
   * @param {HTMLElement} element
   * @param {string} text
   */
  write(element, text) {
    if (element.textContent === text) return;
    element.replaceChildren(...pieces(text, this.words).map((piece) => {
      if (!piece.symbol) return piece.text;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "lab-word";
      button.textContent = piece.text;
      button.setAttribute("aria-description", this.words[piece.text]);
      return button;
    }));
  }

  /**
   * Have a picture's title explain its symbols, by keyboard as well.
   * @param {Element} title
   */
  offer(title) {
    const said = meanings(title.textContent ?? "", this.words);
    if (!said.length) {
      for (const name of ["role", "tabindex", "aria-description"]) title.removeAttribute(name);
      return;
    }
    title.setAttribute("role", "button");
    title.setAttribute("tabindex", "0");
    title.setAttribute("aria-description", said.join("; "));
  }

  /** @param {EventTarget | null} target */
  meet(target) {
    const asked = target instanceof Element ? target.closest(".lab-word, .xtitle, .ytitle, .y2title, [aria-description]") : null;
    const said = asked ? meanings(asked.textContent ?? "", this.words) : [];
    if (!asked || !said.length) {
      this.hide();
      return;
    }
    const { tip } = this;
    tip.textContent = said.join("\n");
    tip.hidden = false;
    const box = asked.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(Math.max(box.left, 4), window.innerWidth - width - 4);
    const below = box.bottom + 4 + height <= window.innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${below ? box.bottom + 4 : Math.max(box.top - height - 4, 4)}px`;
  }

  hide() {
    this.tip.hidden = true;
  }
}
