// @ts-check
// What this tab shows: read by the browser that leads a lecture, changed in those that follow it.

import { mayGo, same, shared } from "./following.js";

/** @typedef {import("./lecture_types.js").Lecture} Lecture */
/** @typedef {HTMLElement & {lab?: import("./viewer.js").Lab}} Host */

const HAND = 700; // ms after a touch in which nothing is moved under the hand
const HOLD = 5000; // the same of a hand that has not been lifted
const PATIENCE = 3000; // ms in which a Live Lab should have come
/** What a page without the Live Lab shows of one. */
const NOTHING = { picture: null, playback: null, highlight: null, act: null, hidden: [], pinned: null };
const GUIDE = "teachers_guide"; // it has the answers
const OURS = ".room, .ballot"; // what is touched there is no control of the page
const CONTROLS = "a, button, input, label, select, textarea, summary, [role]";

export class Here {
  /**
   * @param {string} base path of the server
   * @param {(byHand: boolean) => void} changed something is shown that was not, or a hand has changed it
   */
  constructor(base, changed) {
    this.base = base;
    this.changed = changed;
    /** The address that was gone to last, as `page?query`; none on a page that a hand has opened. */
    this.shown = "";
    this.going = false;
    this.touched = -Infinity; // when a control was
    this.acted = false; // whether one was on what is shown, by whoever may lead with it
    this.down = false; // whether one is held
    this.since = performance.now(); // of this address
    this.went = -Infinity; // when another address was gone to
    this.hearHands();
    this.hearAddress();
  }

  hearHands() {
    /** @param {Event} event */
    const touch = ({ target, isTrusted }) => {
      if (!isTrusted || !(target instanceof Element) || target.closest(OURS)) return;
      if (target.closest(CONTROLS)) [this.touched, this.acted] = [performance.now(), true];
    };
    for (const kind of ["pointerdown", "keydown", "input", "change", "click"]) addEventListener(kind, touch, true);
    addEventListener("pointerdown", ({ target }) => {
      this.down = target instanceof Element && Boolean(target.closest(CONTROLS)) && !target.closest(OURS);
    }, true);
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => { this.down = false; }, true);
    document.addEventListener("touched", () => this.changed(!this.going));
  }

  hearAddress() {
    for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
      const change = history[name].bind(history);
      history[name] = (...given) => {
        const { href } = window.location;
        change(...given);
        if (this.going || window.location.href === href) return;
        this.since = performance.now();
        // Without a hand it is the page that spells its address anew.
        this.changed(this.acted);
      };
    }
    addEventListener("popstate", ({ isTrusted }) => {
      this.since = performance.now();
      if (isTrusted) this.changed(true); // Back or Forward
    });
  }

  /** The Live Lab, where it is what the page shows. */
  get lab() {
    if (this.page) return undefined;
    const { lab } = /** @type {Host | null} */ (document.querySelector(".lab")) ?? {};
    return lab?.ready ? lab : undefined;
  }

  /** This page's address below the server's. */
  get page() {
    return window.location.pathname.slice(this.base.length).replace(/^\/|\/$/g, "");
  }

  /** Whether this page is the lecturer's alone. */
  get own() {
    return this.page === GUIDE;
  }

  /** Steps a second at which the Live Lab plays. */
  get pace() {
    return this.lab?.playback.pace ?? 0;
  }

  /** What followers are to show; null while it is not there yet, and on a page of one's own. @returns {Lecture | null} */
  get lecture() {
    const { lab, page, own } = this;
    if (own) return null;
    if (!lab && !page && performance.now() - this.since < PATIENCE) return null;
    if (!lab) return this.bare;
    return { page, query: shared(window.location.search, { run: lab.data.query, address: lab.address }), ...lab.lecture };
  }

  /** The page and its query alone; in place of a page of one's own the Live Lab. @returns {Lecture} */
  get bare() {
    if (this.own) return { page: "", query: "", ...NOTHING };
    return { page: this.page, query: shared(window.location.search, null), ...NOTHING };
  }

  /** Whether a hand is on a control. */
  get held() {
    return performance.now() - this.touched < (this.down ? HOLD : HAND);
  }

  /** Whether Streamlit would hear of another address, and has shown the one before. */
  get listening() {
    const app = document.querySelector(".stApp[data-test-connection-state=CONNECTED]");
    if (!app?.querySelector(".stElementContainer")) return false;
    return mayGo(app.matches("[data-test-script-state=running]"), performance.now() - this.went);
  }

  /**
   * Show a lecture as it is `seconds` after it was sent, as soon as that can be.
   * @param {Lecture} lecture
   * @param {number} seconds
   */
  attend(lecture, seconds) {
    if (this.held) return;
    const { page, query } = lecture;
    if (this.shown !== `${page}?${query}`) {
      if (page !== this.page || !same(query, window.location.search)) {
        if (!this.listening) return;
        this.go(page, query);
      }
      this.shown = `${page}?${query}`;
    }
    this.going = true;
    this.lab?.attend(lecture, seconds);
    this.going = false;
  }

  /**
   * Have the page show the answer to a question, as soon as that can be.
   * @param {string} name of the question in the address
   */
  reveal(name) {
    if (!this.listening) return;
    const query = new URLSearchParams(window.location.search);
    query.set(name, "none");
    this.go(this.page, query.toString());
  }

  /**
   * Have Streamlit show an address, as by Back or Forward: no reload.
   * @param {string} page
   * @param {string} query
   */
  go(page, query) {
    this.going = true;
    const address = `${this.base}/${page}${query && `?${query}`}`;
    if (page === this.page) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.going = false;
    [this.touched, this.acted] = [-Infinity, false];
    this.went = performance.now();
    dispatchEvent(new PopStateEvent("popstate", { state: null }));
  }
}
