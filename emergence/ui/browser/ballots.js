// @ts-check
// The questions of a page in a room: whoever leads asks the class, followers vote, all see the counts.

import { Refusal, askClass, leadPoll, vote } from "./channel.js";
import { part } from "./dom.js";
import { OF_A_ROOM } from "./membership.js";
import { answered, ballot, due, owed, picture, sent } from "./votes.js";

/** @typedef {import("./membership.js").Member} Member */
/** @typedef {import("./types.js").Asked} Asked */
/** @typedef {import("./lecture_types.js").Told} Told */
/** @typedef {import("./lecture_types.js").Vote} Vote */
/** @typedef {{element: HTMLElement, question: Asked, revealed: boolean}} Box */
/** @typedef {"leads" | "hosts" | "follows" | "none"} Stand */

const CALM = 1200; // ms for which a question stands before it is asked: a slider passes many
const AGAIN = 3000; // ms before what was not done is tried again
const [KEPT, RECORDS, DRAFTS] = OF_A_ROOM;
const GUESSES = "[class*=st-key-guess_], .lab-predict"; // what holds questions
const AGAIN_BUTTON = "[class*=_again] button, .lab-again";

/**
 * Say in the box of a question how its vote stands, for the style sheets.
 * @param {Element | null} box
 * @param {"" | "open" | "mine"} votes
 */
function mark(box, votes) {
  if (!(box instanceof HTMLElement) || (box.dataset.votes ?? "") === votes) return;
  box.dataset.votes = votes;
  document.dispatchEvent(new Event("voting"));
}

export class Ballots {
  /**
   * @param {string} base path of the server
   * @param {(told: Told) => void} told the server has answered whoever leads
   * @param {(name: string) => void} reveal have the page show the answer to a question, as soon as that can be
   */
  constructor(base, told, reveal) {
    this.base = base;
    this.told = told;
    this.reveal = reveal;
    /** What was chosen and not sent, by question. @type {Map<string, number>} */
    this.drafts = new Map(JSON.parse(sessionStorage.getItem(DRAFTS) ?? "[]"));
    /** Why a vote was not taken, by question. @type {Map<string, string>} */
    this.refusals = new Map();
    /** Since when a question stands unasked, by its digest. @type {Map<string, number>} */
    this.since = new Map();
    /** The poll on a question, by its digest. @type {Map<string, string>} */
    this.polls = new Map();
    /** When something was done last. @type {Map<string, number>} */
    this.done = new Map();
    /** @type {WeakMap<HTMLElement, string>} */
    this.drawn = new WeakMap();
    /** The latest answers to own votes: newer than what was told. @type {Map<string, Vote>} */
    this.newer = new Map();
    /** The questions of the page that a hand has asked anew. @type {Set<string>} */
    this.again = new Set();
    this.page = "";
    document.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest(AGAIN_BUTTON) : null;
      for (const element of button?.closest(GUESSES)?.querySelectorAll(".ballot") ?? []) {
        if (element instanceof HTMLElement) this.again.add(JSON.parse(element.dataset.question ?? "{}").name);
      }
    }, true);
    document.addEventListener("guessed", (event) => { // in a picture, or in the Live Lab's card
      if (!(event instanceof CustomEvent)) return;
      for (const { question, element } of this.boxes) {
        if (question.digest !== event.detail.digest || !element.classList.contains("ballot-mine")) continue;
        event.preventDefault(); // it is this ballot's, not the page's
        this.drafts.set(`${element.dataset.draft}`, event.detail.option);
        this.refusals.delete(question.name);
      }
    });
    /** All polls that were heard of by whoever leads, for a server that is restarted. @type {Map<string, import("./lecture_types.js").Polled>} */
    this.records = new Map(JSON.parse(sessionStorage.getItem(RECORDS) ?? "[]"));
    addEventListener("pagehide", () => {
      sessionStorage.setItem(RECORDS, JSON.stringify([...this.records]));
      sessionStorage.setItem(DRAFTS, JSON.stringify([...this.drafts]));
    });
  }

  /** @param {Told} told */
  hear({ role, polls }) {
    if (role !== "follower") for (const poll of polls) this.records.set(poll.id, /** @type {import("./lecture_types.js").Polled} */ (poll));
  }

  /** The room is over. */
  forget() {
    this.records.clear();
    this.drafts.clear();
  }

  /** What this browser has said, by poll and round. @returns {Record<string, (number | null)[]>} */
  get kept() {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  }

  /**
   * @param {string} poll
   * @param {number} round
   * @param {number | null} option
   */
  keep(poll, round, option) {
    const { kept } = this;
    kept[poll] = Object.assign([...(kept[poll] ?? [])], { [round - 1]: option });
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  }

  /**
   * @param {string} what
   * @returns {boolean} whether it is time to do it
   */
  once(what) {
    const at = performance.now();
    if (at - (this.done.get(what) ?? -Infinity) < AGAIN) return false;
    this.done.set(what, at);
    return true;
  }

  /** The questions on the page. @returns {Box[]} */
  get boxes() {
    return [...document.querySelectorAll(".ballot")].flatMap((element) => {
      if (!(element instanceof HTMLElement) || !element.dataset.question) return [];
      return [{ element, question: JSON.parse(element.dataset.question), revealed: element.dataset.revealed === "true" }];
    });
  }

  /**
   * Do and show what the room wants.
   * @param {Member | null} who
   * @param {Told | null} told
   * @param {Stand} stand
   * @param {string} page that is shown
   */
  attend(who, told, stand, page) {
    if (page !== this.page) this.again.clear();
    this.page = page;
    const here = told?.state.page === page;
    for (const box of this.boxes) {
      const { question } = box;
      const heard = who && here && question.page === page ? told.polls.find(({ name }) => name === question.name) : undefined;
      const vote = heard && heard.digest === question.digest ? this.newest(heard) : undefined;
      if (who && here && question.page === page && stand === "leads") this.lead(who, box, heard);
      if (who && vote && stand === "follows") this.sendOwed(who, vote);
      if (vote) this.remember(question, vote);
      if (vote && stand !== "none" && !this.again.has(question.name)) this.settle(box, vote, stand === "leads");
      this.show(box, stand === "none" ? undefined : vote, stand, told?.following ?? 0, who);
    }
  }

  /**
   * Say when the same question is asked once more.
   * @param {Asked} question
   * @param {Vote} vote
   */
  remember({ digest }, { id }) {
    const before = this.polls.get(digest);
    this.polls.set(digest, id);
    if (before && before !== id) document.dispatchEvent(new CustomEvent("asked", { detail: { digest } }));
  }

  /** @param {Vote} heard */
  newest(heard) {
    const newer = this.newer.get(heard.id);
    if (!newer || newer.round !== heard.round || heard.revealed || heard.shown !== newer.shown) return heard;
    return { ...heard, said: newer.said };
  }

  /**
   * @param {Member} who
   * @param {Box} box
   * @param {Vote | undefined} vote
   */
  lead(who, { element, question, revealed }, vote) {
    const { digest, name, page } = question;
    const present = vote?.digest === digest ? vote : undefined;
    const again = this.again.has(name);
    const act = due({ revealed, begun: element.dataset.closed === "true", again }, present);
    if (act === "ask") {
      if (element.closest("[hidden]") && !again) return; // a card that nobody has opened
      const since = this.since.get(digest) ?? performance.now();
      this.since.set(digest, since);
      if ((again || performance.now() - since > CALM) && this.once(`ask ${digest}`)) this.ask(who, question, again);
      return;
    }
    this.since.delete(digest);
    if (!present) return;
    if (act === "show" && page) this.reveal(name); // the Live Lab's are settled
    if ((act === "close" || act === "reveal") && this.once(`${act} ${present.id}`)) this.act(who, present.id, act);
    if (!revealed || !present.revealed || present.right) return;
    for (const told of document.querySelectorAll(".ballot-right")) {
      const judged = told instanceof HTMLElement ? JSON.parse(told.dataset.judged ?? "{}") : {};
      if (judged.name === name && this.once(`judge ${present.id}`)) this.act(who, present.id, "judge", judged);
    }
  }

  /**
   * @param {Member} who
   * @param {Asked} question
   * @param {boolean} again
   */
  async ask(who, question, again) {
    if (!await this.tell(askClass(this.base, who, question, again))) return;
    setTimeout(() => this.again.delete(question.name), CALM); // an older answer may still be on its way
  }

  /**
   * Have the Live Lab show a vote that is over as such, wherever its run is.
   * @param {Box} box
   * @param {Vote} vote
   * @param {boolean} leads
   */
  settle({ element, question, revealed: shown }, { revealed, closed }, leads) {
    if (question.page || shown || !(revealed || (closed && element.dataset.closed !== "true"))) return;
    document.dispatchEvent(new CustomEvent("settled", { detail: { digest: question.digest, revealed, leads } }));
  }

  /**
   * @param {Member} who
   * @param {string} poll
   * @param {string} act
   * @param {object} [more]
   */
  act(who, poll, act, more) {
    return this.tell(leadPoll(this.base, who, poll, act, more));
  }

  /**
   * @param {Promise<Told>} answer
   * @returns {Promise<boolean>} whether there is one
   */
  async tell(answer) {
    try {
      this.told(await answer);
      return true;
    } catch {
      return false; // it is tried again, or the next news says how things are
    }
  }

  /**
   * @param {Member} who
   * @param {Vote} heard
   */
  sendOwed(who, heard) {
    for (const [round, option] of owed(heard, this.kept[heard.id] ?? [])) {
      if (this.once(`vote ${heard.id} ${round}`)) this.send(who, heard, round, option);
    }
  }

  /**
   * @param {Member} who
   * @param {Vote} heard
   * @param {number} round
   * @param {number} option
   */
  async send(who, heard, round, option) {
    this.done.set(`vote ${heard.id} ${round}`, performance.now());
    this.keep(heard.id, round, option); // until the server has it
    try {
      this.newer.set(heard.id, (await vote(this.base, who, heard.id, round, option)).poll);
      this.refusals.delete(heard.name);
    } catch (error) {
      if (error instanceof Refusal) {
        if (error.why !== "often") this.keep(heard.id, round, heard.said?.[round - 1] ?? null);
        this.refusals.set(heard.name, error.message);
      } else this.refusals.set(heard.name, "the server does not answer; your guess is sent when it does");
    }
  }

  /**
   * @param {Box} box
   * @param {Vote | undefined} vote none where nothing is seen of it
   * @param {Stand} stand
   * @param {number} following
   * @param {Member | null} who
   */
  show({ element, question, revealed }, vote, stand, following, who) {
    const open = Boolean(vote && !revealed && !vote.revealed);
    const full = open || Boolean(revealed && vote?.revealed);
    const mine = open && stand === "follows";
    element.classList.toggle("ballot-full", full);
    element.classList.toggle("ballot-mine", mine);
    // With :has in its place, the whole page would be styled anew at every painting of a run.
    mark(element.closest("[class*=st-key-guess_], .lab-guess"), mine ? "mine" : open ? "open" : "");
    if (!vote || !full) return element.replaceChildren();
    if (!element.firstChild) element.innerHTML = '<div class="ballot-form"></div><div class="ballot-votes" aria-live="off"></div>';
    const [form, votes] = /** @type {HTMLElement[]} */ ([...element.children]);
    if (!open) this.draw(form, "");
    else if (stand === "follows") this.showBallot(form, question, vote, who);
    else this.showDesk(form, question.page, vote, following, who);
    const seen = Boolean(votes.firstChild);
    this.draw(votes, picture(question, vote));
    if (open && !seen && votes.firstChild) votes.scrollIntoView({ block: "nearest" }); // an answer's picture goes first
  }

  /**
   * What whoever leads may do.
   * @param {HTMLElement} form
   * @param {string} page
   * @param {Vote} vote
   * @param {number} following
   * @param {Member | null} who
   */
  showDesk(form, page, vote, following, who) {
    const show = vote.shown ? ["hide", "Hide votes"] : ["show", "Show votes"];
    const acts = [show];
    if (vote.round === 1 && !vote.closed) acts.push(["again", "Vote again"]);
    if (page) acts.push(["reveal", "Reveal the answer"]); // a run shows it by itself
    const buttons = acts.map(([act, text]) => `<button type="button" data-act="${act}">${text}</button>`);
    this.draw(form, `<p class="ballot-count"></p><div class="ballot-acts">${buttons.join("")}</div>`);
    for (const button of form.querySelectorAll("button")) {
      button.onclick = () => { if (who) this.act(who, vote.id, button.dataset.act ?? ""); };
    }
    write(part(form, ".ballot-count", HTMLElement), answered(vote, following) + (vote.closed ? ". The vote is closed" : ""));
  }

  /**
   * The ballot of a follower.
   * @param {HTMLElement} form
   * @param {Asked} question
   * @param {Vote} vote
   * @param {Member | null} who
   */
  showBallot(form, question, vote, who) {
    const named = question.options.map((option) => option + question.unit);
    const said = vote.said?.[vote.round - 1] ?? null;
    const key = `${question.page}/${question.name}/${vote.round}/${named.length}`; // it survives another wording
    if (form.parentElement) form.parentElement.dataset.draft = key;
    this.draw(form, ballot(question.kind, question.name, named));
    const draft = this.drafts.get(key) ?? said;
    if (draft !== null && form.parentElement && form.parentElement.dataset.option !== String(draft)) {
      form.parentElement.dataset.option = String(draft);
      document.dispatchEvent(new CustomEvent("drafted", { detail: { digest: question.digest, option: draft } })); // for the pictures
    }
    for (const input of form.querySelectorAll("input")) {
      input.oninput = () => {
        this.drafts.set(key, Number(input.value));
        this.refusals.delete(question.name);
        this.showBallot(form, question, vote, who);
      };
      if (question.kind === "number") {
        input.onclick = input.oninput; // where it stands already
        if (draft !== null) input.value = String(draft);
        input.setAttribute("aria-valuetext", draft === null ? "no guess yet" : named[draft]);
      } else input.checked = Number(input.value) === draft;
    }
    const output = form.querySelector(".ballot-number b");
    if (output instanceof HTMLElement) write(output, draft === null ? "?" : named[draft]);
    const button = part(form, "button", HTMLButtonElement);
    button.disabled = draft === null || draft === said || Boolean(vote.closed);
    for (const input of form.querySelectorAll("input")) input.disabled = Boolean(vote.closed);
    button.onclick = () => { if (who && draft !== null) this.send(who, vote, vote.round, draft); };
    const refusal = this.refusals.get(question.name);
    write(part(form, ".ballot-count", HTMLElement), vote.closed ? "The vote is closed." : vote.round > 1 ? "Second round: the class votes again." : "The class votes.");
    write(part(form, ".ballot-says", HTMLElement),
      refusal ? `Not taken: ${refusal}.` : sent(said === null ? "" : named[said], Boolean(vote.closed)));
  }

  /**
   * @param {HTMLElement} element
   * @param {string} html
   */
  draw(element, html) {
    if (this.drawn.get(element) === html) return;
    this.drawn.set(element, html);
    element.innerHTML = html;
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
