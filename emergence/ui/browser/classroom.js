// @ts-check
// A lecture room: this tab leads it or follows it, on whatever page it is.

import { Ballots } from "./ballots.js";
import { Refusal, close, done, freeze, lead, listen, open } from "./channel.js";
import { picturesEarly } from "./early_picture.js";
import { pictureFirst } from "./first.js";
import { differs, now, spelled, stands } from "./following.js";
import { Here } from "./here.js";
import { completeLinks } from "./links.js";
import { enter, leave, member, newSecret, present } from "./membership.js";
import { keep } from "./record.js";
import { RoomBar } from "./roombar.js";
import { BASE } from "./root.js";
import { carryOut } from "./wishes.js";

/** @typedef {import("./lecture_types.js").Lecture} Lecture */
/** @typedef {import("./lecture_types.js").Told} Told */

const TICK = 200; // ms between two looks at what is shown
const GAP = 400; // ms between two messages of whoever leads
const PATIENCE = 3; // questions after which a host that did not lead opens a lost room again
const OWN = "Followers stay where they were: this page is yours alone";
const OVER = ["ended", "secret", "wrong"]; // refusals that no patience helps against

class Classroom {
  /** @param {string} base path of the server */
  constructor(base) {
    this.base = base;
    this.who = present();
    /** @type {Told | null} */
    this.told = null;
    this.heard = 0; // when
    this.lost = ""; // what this tab waits for
    this.unseen = ""; // why followers cannot see what this tab shows
    this.over = ""; // why this tab is in the room no more
    this.unknown = 0; // times in a row that the server has not known the room
    /** What followers were told last. @type {Lecture | null} */
    this.sent = null;
    this.sentAt = 0;
    /** @type {Promise<void> | null} */
    this.sending = null;
    this.listening = false;
    /** What was asked of this tab is done one after the other. @type {Promise<void>} */
    this.asked = Promise.resolve();
    this.here = new Here(base, (byHand) => this.changed(byHand));
    this.ballots = new Ballots(base, (told) => this.hear(told), (name) => this.here.reveal(name));
    this.bar = new RoomBar(base, (act) => this[act]());
    setInterval(() => this.tick(), TICK);
    document.addEventListener("visibilitychange", () => this.listen());
    this.show();
    this.listen();
  }

  show() {
    this.bar.show(this);
    const { who, told, stand, here } = this;
    const votes = stand === "leads" ? "leads" : stand !== "follows" ? "none" : who?.secret ? "hosts" : "follows";
    this.ballots.attend(who, told, votes, here.page);
  }

  get stand() {
    return stands(this.told, Boolean(this.who?.free));
  }

  /** Hear of the lecture, as long as somebody may look at this tab. */
  async listen() {
    if (this.listening) return;
    this.listening = true;
    await listen(this.base, {
      who: () => (document.hidden && !this.who?.secret ? null : this.who),
      told: (told) => this.hear(told),
      refused: (refusal) => this.refused(refusal),
      lost: () => this.wait(`Reconnecting · code ${spelled(this.who?.code ?? "")}`),
    });
    this.listening = false;
  }

  /** @param {Told} told */
  hear(told) {
    if (told.role === "leader" && this.told?.role !== "leader") this.sent = null;
    if (told.role === "host" && this.told?.role === "leader") this.here.acted = false; // that was before
    this.told = told;
    this.ballots.hear(told);
    this.heard = performance.now();
    this.lost = "";
    this.unknown = 0;
    this.show();
    this.attend();
    for (const wish of told.wishes ?? []) this.asked = this.asked.then(() => this.carryOut(wish));
  }

  /** @param {import("./lecture_types.js").Wish} wish */
  async carryOut(wish) {
    try {
      const outcome = await carryOut(this.here, wish);
      if (this.who) await done(this.base, this.who, wish.number, outcome);
    } catch {
      // whoever asked hears that nothing was heard of it
    }
  }

  /** @param {string} why */
  wait(why) {
    this.lost = why;
    this.show();
  }

  /** @param {Refusal} refusal */
  async refused({ why, message }) {
    const { who } = this;
    if (!who) return;
    if (OVER.includes(why)) {
      const counted = who.secret ? [...this.ballots.records.values()] : [];
      this.leave();
      keep(who.code, counted);
      this.over = message;
      this.show();
    } else if (why === "replaced") { // a copy of this tab has its name
      this.who = { ...member(who.code, who.secret), free: who.free };
      enter(this.who);
    } else if (why === "unknown") { // the server was restarted
      this.unknown += 1;
      this.wait(who.secret ? "Opening the room again" : `Waiting for the lecturer · code ${spelled(who.code)}`);
      const first = this.told?.role === "leader" || this.unknown > PATIENCE;
      if (who.secret && first) await this.open(who.secret, who.viewer);
    } else this.wait(message);
  }

  /**
   * @param {string} secret
   * @param {string} viewer
   */
  async open(secret, viewer) {
    try {
      let told = await open(this.base, { secret, viewer }, this.here.lecture ?? this.here.bare, [...this.ballots.records.values()]);
      if (this.told?.frozen && !told.frozen) { // the server was restarted
        told = await freeze(this.base, { code: told.code, secret, viewer, free: false }, true);
      }
      this.who = { code: told.code, secret, viewer, free: false };
      enter(this.who);
      this.hear(told);
      return true;
    } catch (error) {
      if (this.who) this.wait(said(error));
      else this.over = said(error);
      this.show();
      return false;
    }
  }

  async teach() {
    this.over = "";
    if (!await this.open(newSecret(), member("", null).viewer)) return;
    this.bar.card.showModal();
    this.listen();
  }

  /** @param {boolean} byHand */
  changed(byHand) {
    const { stand, who } = this;
    if (!who) return;
    if (stand === "leads") this.publish();
    else if (stand === "follows" && byHand) {
      if (who.secret) this.take();
      else this.free(true);
    }
  }

  /** @param {boolean} free */
  free(free) {
    if (!this.who) return;
    this.who.free = free;
    enter(this.who);
    this.here.shown = "";
    this.show();
    this.attend();
  }

  back() {
    this.free(false);
  }

  async take() {
    await this.sending;
    this.sent = null;
    this.publish(true);
  }

  async eyes() {
    if (!this.who) return;
    try {
      this.hear(await freeze(this.base, this.who, !this.told?.frozen));
    } catch (error) {
      this.wait(said(error));
    }
  }

  async close() {
    if (!this.who) return;
    try {
      const { code } = this.who;
      const { polls } = await close(this.base, this.who);
      this.leave();
      if (keep(code, polls)) this.over = "The room is closed. This tab keeps its summary until you close it.";
      this.show();
    } catch (error) {
      this.wait(said(error));
    }
  }

  leave() {
    leave();
    this.ballots.forget();
    this.who = null;
    this.told = null;
    this.lost = "";
    this.unseen = "";
    this.over = "";
    this.show();
  }

  tick() {
    this.show(); // the page's colours change when the reader wants others, its questions when it runs
    if (!this.who) return;
    if (this.stand === "leads") this.publish();
    else this.attend();
  }

  /** Show what the lecture shows now. */
  attend() {
    const { told, here } = this;
    if (!told || this.stand !== "follows") return;
    here.attend(told.state, told.age + (performance.now() - this.heard) / 1000);
  }

  /**
   * Tell the followers what is shown here, if they do not know.
   * @param {boolean} taking whether another browser has led until now
   */
  publish(taking = false) {
    const { who, here } = this;
    const at = performance.now();
    if (!who || this.sending || (at - this.sentAt < GAP && !taking)) return;
    if (here.own !== (this.unseen === OWN)) this.unseen = here.own ? OWN : "";
    const lecture = here.lecture ?? (taking ? here.bare : null);
    if (!lecture) return;
    const { pace } = here;
    if (this.sent && !differs(now(this.sent, (at - this.sentAt) / 1000, pace), lecture, pace)) return;
    [this.sent, this.sentAt] = [lecture, at];
    this.sending = this.send(who, lecture, taking).finally(() => { this.sending = null; });
  }

  /**
   * @param {import("./membership.js").Member} who
   * @param {Lecture} lecture
   * @param {boolean} taking
   */
  async send(who, lecture, taking) {
    try {
      const told = await lead(this.base, who, lecture, taking);
      this.unseen = "";
      if (this.who === who) this.hear(told);
    } catch (error) {
      if (error instanceof Refusal && error.why === "wrong") {
        this.unseen = `Followers stay where they were: ${error.message}`;
        this.show();
      } else this.sent = null; // once more
    }
  }
}

/** @param {unknown} error */
const said = (error) => (error instanceof Refusal ? error.message : "The server does not answer; try again.");

const embedded = new URLSearchParams(window.location.search).get("embed") === "true";
picturesEarly();
pictureFirst();
if (!embedded) new Classroom(BASE);
completeLinks();
