// @ts-check
// The Live Lab's card of guesses: asked before the run plays, marked in its pictures, judged when it shows them.

import { Marker, ends } from "./marker.js";
import { escaped } from "./votes.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Asked} Asked */
/** @typedef {import("./types.js").Div} Div */
/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Header} Header */
/** @typedef {import("./playback.js").Playback} Playback */

/** What a guess is of, where its question is not seen. @type {Record<string, string>} */
const SHORT = { when: "step ", slope: "slope " };
const BEGIN = [0.25, 0.12]; // where a guessed slope's line begins, as shares of the picture

/**
 * The verdict on a guess, in a sentence.
 * @param {Asked} question
 * @param {Answer} answer
 * @param {number | undefined} guess
 */
export function judged({ options }, { right, bound, answer, why }, guess) {
  const said = guess === undefined ? "" : `You said ${options[guess]}`;
  if (why) return `${said && `${said}. `}The run does not show it: ${why}.`;
  if (!said) return `It is ${answer}.`;
  const is = right.includes(/** @type {number} */ (guess));
  const within = bound ? (is ? ` (${bound})` : ` (right: ${bound})`) : "";
  return `${said}; it is ${answer}. ${is ? "Right" : "Not this one"}${within}.`;
}

/**
 * What is said while the run plays, in a line: each guess, and its verdict as soon as there is one.
 * @param {Asked[]} questions
 * @param {Map<string, Answer>} answers
 * @param {Map<string, number>} guesses
 */
export function line(questions, answers, guesses) {
  const said = questions.flatMap((question) => {
    const [answer, guess] = [answers.get(question.name), guesses.get(question.name)];
    if (answer) return [judged(question, answer, guess)];
    return guess === undefined ? [] : [`You said ${SHORT[question.name] ?? ""}${question.options[guess]}.`];
  });
  return said.join(" ") || "The run shows the answers.";
}

/**
 * How many guesses were right, of those that a run has judged; "" before there is one.
 * @param {Map<string, Answer>} answers
 * @param {Map<string, number>} guesses
 */
export function score(answers, guesses) {
  const counted = [...answers.values()].filter(({ name, why }) => !why && guesses.has(name));
  const right = counted.filter(({ name, right: these }) => these.includes(guesses.get(name) ?? -1));
  return counted.length ? `${right.length} of ${counted.length} right` : "";
}

/** @param {Asked} question */
function field({ name, kind, options, text }) {
  if (kind === "choice") {
    const choices = options.map((option, i) => `<option value="${i}">${escaped(option)}</option>`);
    return `<select aria-label="${escaped(text)}"><option value="">?</option>${choices.join("")}</select>`;
  }
  return `<span class="lab-number"><input type="range" min="0" max="${options.length - 1}" step="1"
    value="${Math.floor(options.length / 2)}" aria-label="${escaped(text)}" data-name="${name}"><b></b></span>`;
}

export class Predict {
  /**
   * @param {HTMLElement} card
   * @param {HTMLButtonElement} button that opens it
   * @param {{overlaps: Div, loss: Div}} pictures in which guesses are marked
   * @param {() => void} restart puts the run back to its start and has it wait
   * @param {(veiled: boolean) => void} veil hides in the pictures what theory predicts
   */
  constructor(card, button, pictures, restart, veil) {
    this.veil = veil;
    this.card = card;
    this.button = button;
    this.pictures = pictures;
    this.restart = restart;
    /** @type {Experiment | null} */
    this.data = null;
    /** @type {Map<string, number>} */
    this.guesses = new Map();
    /** @type {Map<string, Answer>} */
    this.answers = new Map();
    this.begun = false;
    /** Questions whose vote is over, wherever the run is; and whether their answer was shown. @type {Map<string, boolean>} */
    this.settled = new Map();
    /** What was painted last. @type {Parameters<Predict["paint"]> | null} */
    this.painted = null;
    const over = (/** @type {Div} */ div) => div.parentElement ?? div;
    this.when = new Marker(over(pictures.overlaps), "Your guess of the first jump, in the picture", (at) => this.choose("when", at));
    this.slope = new Marker(over(pictures.loss), "Your guess of the slope, in the picture", (at) => this.choose("slope", at));
    button.addEventListener("click", () => {
      card.hidden = !card.hidden;
      button.setAttribute("aria-expanded", String(!card.hidden));
      if (!card.hidden) this.again();
      else this.mark();
    });
    document.addEventListener("asked", (event) => { // a class that follows guesses again
      if (!this.card.hidden || !(event instanceof CustomEvent)) return;
      if (this.questions.some(({ digest }) => digest === event.detail.digest)) this.forget();
    });
    document.addEventListener("voting", () => this.mark());
    document.addEventListener("settled", (event) => {
      if (event instanceof CustomEvent) this.settle(event.detail);
    });
    document.addEventListener("drafted", (event) => { // on a ballot of the class
      if (!(event instanceof CustomEvent)) return;
      const question = this.questions.find(({ digest }) => digest === event.detail.digest);
      if (question) this.put(question.name, event.detail.option);
    });
  }

  get questions() {
    return this.data?.questions ?? [];
  }

  /** Whether somebody guesses, or has guessed: here, or in the class. */
  get open() {
    return !this.card.hidden || this.settled.size > 0 || this.card.querySelector(".ballot-full") !== null;
  }

  /** Whether what the run shows is still to be guessed. */
  get guessing() {
    return this.open && !this.begun && this.questions.length > 0;
  }

  /** @param {Experiment} data */
  begin(data) {
    this.data = data;
    this.painted = null;
    this.unsettle();
    const rows = data.questions.map((question) => `<div class="lab-guess" data-name="${question.name}">
      <p class="lab-asks">${escaped(question.text)}</p><div class="lab-field">${field(question)}</div>
      <p class="lab-verdict" role="status"></p>
      <div class="ballot" data-question="${escaped(JSON.stringify(question))}"></div></div>`);
    this.card.innerHTML = `<div class="lab-guesses">${rows.join("")}</div>
      <p class="lab-line"></p>
      <p class="lab-foot"><b class="lab-score"></b> <button type="button" class="lab-again">Guess again</button> <span></span></p>`;
    for (const row of this.rows) {
      const input = row.querySelector("select, input");
      if (!(input instanceof HTMLSelectElement || input instanceof HTMLInputElement)) continue;
      const choose = () => { if (input.value !== "") this.choose(row.dataset.name ?? "", Number(input.value)); };
      input.addEventListener("input", choose);
      if (input instanceof HTMLInputElement) input.addEventListener("click", choose); // where it stands already
    }
    this.card.querySelector(".lab-again")?.addEventListener("click", () => this.again());
    this.write();
  }

  /** @returns {HTMLElement[]} */
  get rows() {
    return [...this.card.querySelectorAll(".lab-guess")].filter((row) => row instanceof HTMLElement);
  }

  /** From the start, without a guess. */
  again() {
    this.restart();
    this.forget();
  }

  forget() {
    this.unsettle();
    this.write();
  }

  unsettle() {
    this.guesses.clear();
    this.answers.clear();
    this.settled.clear();
    this.begun = false;
  }

  /**
   * The vote on a question is over: nothing is asked anew though the run is elsewhere.
   * @param {{digest: string, revealed: boolean, leads: boolean}} vote
   */
  settle({ digest, revealed, leads }) {
    const question = this.questions.find((each) => each.digest === digest);
    const before = question && this.settled.get(question.name);
    if (!question || before === true || before === revealed) return;
    this.settled.set(question.name, revealed);
    this.begun = true;
    if (leads) { // who may ask anew
      this.card.hidden = false;
      this.button.setAttribute("aria-expanded", "true");
    }
    this.write();
    if (this.painted) this.paint(...this.painted);
  }

  /**
   * @param {string} name
   * @param {number} option
   */
  choose(name, option) {
    const question = this.questions.find((each) => each.name === name);
    if (!question || !this.put(name, option)) return;
    document.dispatchEvent(new CustomEvent("guessed", { detail: { digest: question.digest, option } }));
  }

  /**
   * @param {string} name
   * @param {number} option
   * @returns {boolean} whether it is taken
   */
  put(name, option) {
    const taken = !this.begun && !this.answers.has(name);
    if (taken) this.guesses.set(name, option);
    this.write();
    return taken;
  }

  /**
   * The run is at a moment: judge what it shows.
   * @param {Playback} playback
   * @param {Header} header
   */
  paint(playback, header) {
    this.painted = [playback, header];
    const { position, done, playing } = playback;
    if (!this.open) return this.mark();
    const small = playing && !done && position > 0; // the picture goes first
    if (small !== this.card.classList.contains("lab-small")) this.card.classList.toggle("lab-small", small);
    const begun = this.begun || position > 0; // back at the start it has been seen
    const known = header.answers.filter(({ name, after, why }) =>
      !this.answers.has(name) && begun && (this.settled.get(name) || (why ? done : position >= after)));
    for (const answer of known) this.answers.set(answer.name, answer);
    if (known.length || begun !== this.begun) {
      this.begun = begun;
      this.write();
    } else this.mark();
  }

  write() {
    for (const row of this.rows) {
      const question = this.questions.find(({ name }) => name === row.dataset.name);
      if (!question) continue;
      const { name, options } = question;
      const [guess, answer] = [this.guesses.get(name), this.answers.get(name)];
      const input = row.querySelector("select, .lab-field input");
      if (input instanceof HTMLSelectElement) input.value = guess === undefined ? "" : String(guess);
      if (input instanceof HTMLInputElement) {
        if (guess !== undefined) input.value = String(guess);
        input.setAttribute("aria-valuetext", guess === undefined ? "no guess yet" : options[guess]);
      }
      if (input instanceof HTMLSelectElement || input instanceof HTMLInputElement) input.disabled = this.begun || Boolean(answer);
      const value = row.querySelector("b");
      if (value && question.kind === "number") value.textContent = guess === undefined ? "?" : options[guess];
      const verdict = row.querySelector(".lab-verdict");
      const text = answer ? judged(question, answer, guess) : "";
      if (verdict && verdict.textContent !== text) verdict.textContent = text;
      verdict?.classList.toggle("lab-right", Boolean(answer?.right.includes(guess ?? -1)));
      const ballot = row.querySelector(".ballot");
      if (ballot instanceof HTMLElement) {
        ballot.dataset.revealed = String(Boolean(answer));
        ballot.dataset.closed = String(this.begun);
      }
      row.querySelector(".ballot-right")?.remove();
      if (answer && !answer.why) {
        const right = document.createElement("div");
        right.className = "ballot-right";
        right.dataset.judged = JSON.stringify({ name, right: answer.right, bound: answer.bound, answer: answer.answer });
        row.append(right);
      }
    }
    const said = this.card.querySelector(".lab-line");
    if (said) said.textContent = line(this.questions, this.answers, this.guesses);
    const foot = this.card.querySelector(".lab-foot");
    const [points, again, hint] = foot?.children ?? [];
    if (points) points.textContent = score(this.answers, this.guesses);
    if (again instanceof HTMLElement) again.hidden = !this.begun && !this.guesses.size;
    if (hint) hint.textContent = this.begun ? "" : "Guess here or drag the markers in the pictures, then press Play.";
    this.mark();
  }

  /** The guesses in the pictures. */
  mark() {
    this.veil(this.guessing);
    const { overlaps, loss } = this.pictures;
    const [when, slope] = ["when", "slope"].map((name) => this.open && this.questions.find((each) => each.name === name));
    const first = this.guesses.get("first");
    const direction = first === undefined ? "" : `${this.questions.find(({ name }) => name === "first")?.options[first]}, `;
    this.when.show(when && overlaps._fullLayout?.xaxis ? this.marking("when", when, overlaps, direction) : null);
    this.slope.show(slope && loss._fullLayout?.yaxis ? this.marking("slope", slope, loss, "slope ") : null);
  }

  /**
   * @param {string} name
   * @param {Asked} question
   * @param {Div} div
   * @param {string} before what the label begins with
   * @returns {import("./marker.js").Marking | null}
   */
  marking(name, { options, values }, { _fullLayout: { xaxis, yaxis } }, before) {
    const numbers = values.map(Number);
    const at = this.guesses.get(name) ?? null;
    if (at === null && this.begun) return null;
    const [left, top, width, height] = [xaxis._offset, yaxis._offset, xaxis._length, yaxis._length];
    const label = `your guess: ${before}${at === null ? "?" : options[at]}${name === "when" ? (at === null ? "" : " steps") : ""}`;
    const area = { left, top, right: left + width, bottom: top + height };
    const common = { named: options, at, label, area, locked: this.begun || this.answers.has(name) };
    if (name === "when") {
      /** @type {import("./marker.js").Place[]} */
      const places = numbers.map((step) => [left + xaxis.c2p(step), top + height * 0.5]);
      return { ...common, places, from: null, upright: [top, top + height] };
    }
    /** @type {import("./marker.js").Place} */
    const from = [left + BEGIN[0] * width, top + BEGIN[1] * height];
    /** @type {[number, number]} */
    const decade = [Math.abs(xaxis.c2p(10) - xaxis.c2p(1)), Math.abs(yaxis.c2p(10) - yaxis.c2p(1))];
    const places = ends(numbers, from, [left + width - 12, top + height - 12], decade);
    return { ...common, places, from, upright: null };
  }
}
