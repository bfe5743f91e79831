// @ts-check
// The lecturer's desk, on a phone or a second screen: the plan, what the class sees, a remote control.

import { Refusal, freeze, leadPoll, listen, plan, summary, wish } from "./channel.js";
import { plain } from "./counted.js";
import { part } from "./dom.js";
import { spelled } from "./following.js";
import { enter, member, present as inRoom } from "./membership.js";
import { keep } from "./record.js";
import { BASE } from "./root.js";
import { asked, came, connected, present, sees, titled } from "./sees.js";
import { answered, histogram, verdict } from "./votes.js";

/** @typedef {import("./lecture_types.js").Command} Command */
/** @typedef {import("./lecture_types.js").Planned} Planned */
/** @typedef {import("./lecture_types.js").Polled} Polled */
/** @typedef {import("./lecture_types.js").Told} Told */

const OVER = ["ended", "secret", "wrong"];
const NO_ROOM = "This tab leads no room. Open the lead link in it, or press Desk in the bar of the browser that leads.";
const ALONE = "No browser leads now. Open the lead link in the one that the class sees, and press Take over.";
/** What an entry of the plan has, as it is called. @type {["ask" | "point" | "misconception" | "onward", string][]} */
const ENTRY = [["ask", "Ask"], ["point", "Point at"], ["misconception", "Many think"], ["onward", "On to the next"]];

class Desk {
  /** @param {HTMLElement} main */
  constructor(main) {
    this.main = main;
    this.base = BASE;
    this.who = inRoom();
    /** @type {Told | null} */
    this.told = null;
    /** @type {Planned[]} */
    this.plan = [];
    this.chosen = ""; // the question whose votes are gone on with, where a page has several
    this.answer = ""; // to what was asked last
    this.lost = "";
    /** All polls that were heard of, for the summary. @type {Map<string, Polled>} */
    this.records = new Map();
    this.eyes = part(main, "[data-eyes]", HTMLButtonElement);
    if (!this.who?.secret) {
      this.say(NO_ROOM, "lost");
      return;
    }
    this.rename();
    for (const button of main.querySelectorAll("[data-act]")) {
      const act = /** @type {Command} */ (button.getAttribute("data-act"));
      button.addEventListener("click", () => this.ask(act));
    }
    this.eyes.addEventListener("click", () => this.freeze());
    part(main, "[data-reveal]", HTMLButtonElement).addEventListener("click", () => this.reveal());
    for (const button of main.querySelectorAll("[data-poll]")) {
      button.addEventListener("click", () => this.poll(button.getAttribute("data-poll") ?? ""));
    }
    const which = part(main, "select", HTMLSelectElement);
    which.addEventListener("change", () => {
      this.chosen = which.value;
      this.show();
    });
    part(main, ".onward", HTMLButtonElement).addEventListener("click", () => this.ask("go", this.following?.page));
    part(main, ".summary", HTMLAnchorElement).href = `${this.base}/class/summary`;
    part(main, ".student", HTMLAnchorElement).href = `${this.base}/c/${this.who.code}`;
    this.listen();
  }

  /** Take a name of its own: this tab may be a copy of the one that leads. */
  rename() {
    if (!this.who) return;
    this.who = member(this.who.code, this.who.secret);
    enter(this.who);
  }

  async listen() {
    await listen(this.base, {
      who: () => this.who,
      told: (told) => this.hear(told),
      refused: ({ why, message }) => {
        if (why === "replaced") this.rename();
        else if (OVER.includes(why)) this.end(message);
        else this.wait(why === "unknown" ? "Waiting for the leading browser to open the room again." : message);
      },
      lost: () => this.wait("Reconnecting"),
    });
  }

  /** @param {Told} told */
  async hear(told) {
    this.told = told;
    this.lost = "";
    if (!this.plan.length && this.who) {
      try {
        this.plan = await plan(this.base, this.who);
        this.record((await summary(this.base, this.who)).polls); // of what was asked before
      } catch {
        return; // with the next answer
      }
      this.writeSheet();
    }
    this.record(told.polls);
    this.show();
  }

  /** @param {import("./lecture_types.js").Vote[]} polls */
  record(polls) {
    for (const poll of polls) this.records.set(poll.id, /** @type {Polled} */ (poll));
  }

  /** @param {string} why */
  wait(why) {
    this.lost = why;
    this.show();
  }

  /** @param {string} why the room is over */
  end(why) {
    if (this.who) keep(this.who.code, this.records.values());
    this.who = null;
    this.wait(why);
  }

  /**
   * @param {Command} act
   * @param {string} [page]
   */
  async ask(act, page) {
    await this.tell(async (who) => came(act, (await wish(this.base, who, act, page)).outcome));
  }

  /** The answer to the question that the class votes on, else to the first that waits for one. */
  async reveal() {
    if (asked(this.told, this.chosen)?.revealed === false) await this.poll("reveal");
    else await this.ask("reveal");
  }

  /** @param {string} act on what the class votes on */
  async poll(act) {
    const vote = asked(this.told, this.chosen);
    if (!vote) return;
    const done = act === "show" && vote.shown ? "hide" : act;
    await this.tell(async (who) => {
      this.told = await leadPoll(this.base, who, vote.id, done);
      return "";
    });
  }

  async freeze() {
    await this.tell(async (who) => {
      this.told = await freeze(this.base, who, !this.told?.frozen);
      return "";
    });
  }

  /** @param {(who: import("./membership.js").Member) => Promise<string>} what and what to say of it */
  async tell(what) {
    if (!this.who) return;
    this.answer = "";
    try {
      this.answer = await what(this.who);
    } catch (error) {
      this.answer = said(error);
    }
    this.show();
  }

  /** Whether there is no browser that does what is asked. */
  get alone() {
    return this.told?.role === "host" && !this.told.led;
  }

  /** The page after the present one, in the plan. */
  get following() {
    const at = this.told ? this.plan.findIndex(({ page }) => page === this.told?.state.page) : -1;
    return at < 0 ? undefined : this.plan[at + 1];
  }

  show() {
    const { main, told, lost, alone } = this;
    const off = !this.who || lost !== "" || alone;
    if (lost) this.say(lost, "lost");
    else if (told) this.say(this.answer || (alone ? ALONE : `Code ${spelled(told.code)}`), alone ? "alone" : "");
    for (const each of main.querySelectorAll("section, nav, footer")) {
      if (each instanceof HTMLElement) each.hidden = !this.plan.length || (each.matches("nav") && !this.who);
    }
    for (const button of main.querySelectorAll("[data-act], [data-reveal], .onward, .sheet button")) {
      const plays = ["play", "pause"].includes(button.getAttribute("data-act") ?? "");
      const not = plays ? told?.state.page !== "" : button.matches("[data-reveal]") && told?.state.page === ""; // a run shows it
      if (button instanceof HTMLButtonElement) button.disabled = off || not;
    }
    const vote = asked(told, this.chosen);
    const [shown, again] = ["show", "again"].map((act) => part(main, `[data-poll=${act}]`, HTMLButtonElement));
    shown.textContent = vote?.shown && !vote.revealed ? "Hide votes" : "Show votes";
    shown.disabled = !this.who || lost !== "" || vote?.revealed !== false;
    again.disabled = shown.disabled || vote?.round !== 1 || vote.closed;
    this.eyes.disabled = !this.who || lost !== "";
    this.eyes.setAttribute("aria-pressed", String(told?.frozen === true));
    if (told && this.plan.length) this.write(told);
  }

  /**
   * @param {string} text
   * @param {"" | "alone" | "lost"} how
   */
  say(text, how) {
    const says = part(this.main, ".says", HTMLElement);
    if (says.textContent !== text) says.textContent = text; // read aloud
    this.main.className = how;
  }

  /** @param {Told} told */
  write(told) {
    const { main, plan: pages } = this;
    const { page, query } = told.state;
    const planned = present(pages, told);
    part(main, ".count", HTMLElement).textContent = this.who ? connected(told) : "";
    part(main, "#lesson", HTMLElement).replaceChildren(titled(planned) || page, " ", small(planned?.minutes ? `${planned.minutes} min` : ""));
    const entry = ENTRY.map(([name, label]) => [label, planned?.[name] ?? ""]);
    rows(part(main, ".plan dl", HTMLElement), entry.filter(([, text]) => text));
    const onward = part(main, ".onward", HTMLButtonElement);
    onward.hidden = !this.following;
    onward.textContent = `${titled(this.following)} →`;
    rows(part(main, ".sees dl", HTMLElement), sees(told, pages));
    this.writeWhich(/** @type {Polled[]} */ (told.polls));
    this.writeVotes(asked(told, this.chosen), told.following ?? 0);
    for (const button of main.querySelectorAll(".sheet button")) {
      if (button.getAttribute("data-page") === page) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    part(main, ".whole", HTMLAnchorElement).href = `${this.base}/${page}${query && `?${query}`}`;
  }

  /**
   * The questions of the page, where there are several.
   * @param {Polled[]} polls
   */
  writeWhich(polls) {
    const which = part(this.main, "select", HTMLSelectElement);
    which.hidden = polls.length < 2;
    const written = JSON.stringify(polls.map(({ id, text }) => [id, text]));
    if (which.dataset.written !== written) {
      which.dataset.written = written;
      which.replaceChildren(...polls.map(({ id, text }) => new Option(plain(text), id)));
    }
    which.value = asked(this.told, this.chosen)?.id ?? "";
  }

  /**
   * The counts, which the class sees when they are shown.
   * @param {Polled | undefined} vote
   * @param {number} following
   */
  writeVotes(vote, following) {
    const section = part(this.main, ".polls", HTMLElement);
    section.hidden = !vote;
    if (!vote) return;
    const says = `${answered(vote, following)}. ${verdict(vote)}`;
    const drawn = vote.first?.some(Boolean) || vote.second?.some(Boolean) ? histogram(vote, vote) : "";
    if (section.dataset.written === says + drawn) return;
    section.dataset.written = says + drawn;
    part(section, "p", HTMLElement).textContent = says;
    part(section, "div", HTMLElement).innerHTML = drawn;
  }

  /** The pages, each of which can be gone to. */
  writeSheet() {
    let begins = 0;
    part(this.main, ".sheet ol", HTMLElement).replaceChildren(...this.plan.map((planned) => {
      const { page, minutes = 0 } = planned;
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.dataset.page = page;
      button.append(Object.assign(document.createElement("span"), { textContent: titled(planned) }));
      if (minutes) button.append(small(`${begins} to ${begins + minutes} min`));
      begins += minutes;
      button.addEventListener("click", () => this.ask("go", page));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
  }
}

/** @param {string} text */
const small = (text) => Object.assign(document.createElement("small"), { textContent: text });

/**
 * Write a list of names with what is said of each, if it says something else until now.
 * @param {HTMLElement} list
 * @param {string[][]} lines
 */
function rows(list, lines) {
  const written = JSON.stringify(lines);
  if (list.dataset.written === written) return;
  list.dataset.written = written;
  list.replaceChildren(...lines.flatMap(([name, text]) => [
    Object.assign(document.createElement("dt"), { textContent: name }),
    Object.assign(document.createElement("dd"), { textContent: text }),
  ]));
}

/** @param {unknown} error */
function said(error) {
  if (!(error instanceof Refusal)) return "The server does not answer; try again.";
  return `${error.message[0].toUpperCase()}${error.message.slice(1)}.`;
}

const main = document.querySelector("main");
if (main) new Desk(main);
