// @ts-check
// What is seen of a room: the button that opens one, the bar below the page, the card with its code.

import { part } from "./dom.js";
import { banner, many, onlyHere, spelled, stands } from "./following.js";
import { Frozen } from "./frozen.js";
import { kept } from "./record.js";

/** @typedef {import("./membership.js").Member} Member */
/** @typedef {import("./lecture_types.js").Told} Told */

/**
 * What is shown of a room.
 * @typedef {object} Room
 * @property {Member | null} who
 * @property {Told | null} told
 * @property {string} lost what this tab waits for
 * @property {string} unseen why followers cannot see what this tab shows
 * @property {string} over why this tab is in the room no more
 */
/** @typedef {"teach" | "back" | "take" | "eyes" | "close" | "leave"} Act */

const SAID = 2500; // ms for which a button says what it has done

const MARKUP = `
  <button type="button" class="room-teach" data-room="teach" title="Open a room: other browsers follow this one">Teach</button>
  <div class="room-bar" hidden>
    <p><span role="status"></span><span class="room-many"></span></p>
    <button type="button" data-room="back">Back to the lecture</button>
    <a class="room-own" target="_blank" title="Many follow this lecture: try parameters of your own without its server">Compute in my browser</a>
    <button type="button" data-room="take">Take over</button>
    <button type="button" data-room="eyes" aria-pressed="false" title="Dim the screens of the class until it is pressed again">Eyes up here</button>
    <a class="room-desk" target="_blank" rel="opener" title="The lecture's plan and a remote control, for a second screen. It is not shown on this one">Desk</a>
    <a class="room-summary" target="_blank" rel="opener" title="The votes of the lecture, counted. They are not shown on this screen">Summary</a>
    <button type="button" data-room="card">Show code</button>
    <button type="button" data-room="small" aria-pressed="false">Small QR</button>
    <button type="button" data-room="copy-lead" title="For a second lecturer, or your phone. It is not shown on the screen">Copy lead link</button>
    <button type="button" data-room="end">Close room</button>
    <button type="button" data-room="leave">Leave</button>
    <img class="room-small" alt="" hidden>
  </div>
  <dialog class="room-card" aria-label="Join this lecture">
    <img alt="QR code of the address below">
    <div class="room-words"><p>Join at</p><p class="room-link"></p><p>with the code</p><p class="room-code"></p>
      <p class="room-count"></p>
      <p class="room-here" hidden>Only this machine reaches this address. For a class, start the server with
        <code>--server.address 0.0.0.0</code> and open the lab by this machine's name or number in the network.</p>
      <div><button type="button" data-room="copy-join">Copy join link</button>
      <button type="button" data-room="hide">Back to the page</button></div></div>
  </dialog>
  <dialog class="room-sure" aria-labelledby="room-sure"><p id="room-sure">Close the room for everybody? Its code ends.</p>
    <button type="button" data-room="close">Close room now</button> <button type="button" data-room="stay">Keep it open</button></dialog>`;

/**
 * Put a text where it can be pasted from, also on a page without https.
 * @param {string} text
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    field.style.cssText = "position: fixed; left: -100vw";
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

/**
 * Set a property of a style where it is another: even the same one has the browser style all anew.
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string} value
 */
function write({ style }, name, value) {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
}

export class RoomBar {
  /**
   * @param {string} base path of the server
   * @param {(act: Act) => void} act
   */
  constructor(base, act) {
    this.base = base;
    /** @type {Member | null} */
    this.who = null;
    this.dressed = "";
    this.element = document.createElement("aside");
    this.element.className = "room";
    this.element.setAttribute("aria-label", "Lecture room");
    this.element.innerHTML = MARKUP;
    document.body.append(this.element);
    this.bar = part(this.element, ".room-bar", HTMLElement);
    this.says = part(this.bar, "[role=status]", HTMLElement);
    this.many = part(this.bar, ".room-many", HTMLElement);
    this.card = part(this.element, ".room-card", HTMLDialogElement);
    this.sure = part(this.element, ".room-sure", HTMLDialogElement);
    this.frozen = new Frozen(this.element);
    this.small = part(this.element, ".room-small", HTMLImageElement);
    for (const name of /** @type {Act[]} */ (["teach", "back", "take", "eyes", "close", "leave"])) {
      this.button(name).addEventListener("click", () => act(name));
    }
    document.addEventListener("click", ({ target }) => { // where the page has no head
      if (target instanceof Element && target.closest(".room-open")) act("teach");
    });
    this.button("card").addEventListener("click", () => this.card.showModal());
    this.button("hide").addEventListener("click", () => this.card.close());
    this.button("end").addEventListener("click", () => this.sure.showModal());
    this.button("stay").addEventListener("click", () => this.sure.close());
    this.button("close").addEventListener("click", () => this.sure.close());
    this.button("small").addEventListener("click", ({ currentTarget }) => {
      this.small.hidden = !this.small.hidden;
      if (currentTarget instanceof Element) currentTarget.setAttribute("aria-pressed", String(!this.small.hidden));
    });
    for (const page of ["desk", "summary"]) part(this.bar, `.room-${page}`, HTMLAnchorElement).href = `${base}/class/${page}`;
    part(this.card, ".room-here", HTMLElement).hidden = !onlyHere(window.location.hostname);
    this.copies("copy-join", () => this.link);
    this.copies("copy-lead", () => `${this.link}#${this.who?.secret}`);
    new ResizeObserver(() => this.makeRoom()).observe(this.bar);
  }

  /** @param {string} name */
  button(name) {
    return part(this.element, `[data-room=${name}]`, HTMLButtonElement);
  }

  /**
   * @param {string} name
   * @param {() => string} text
   */
  copies(name, text) {
    const button = this.button(name);
    const { textContent } = button;
    button.addEventListener("click", async () => {
      await copy(text());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = textContent; }, SAID);
    });
  }

  get link() {
    return `${window.location.origin}${this.base}/c/${this.who?.code}`;
  }

  /** The page ends where the bar begins. */
  makeRoom() {
    write(document.documentElement, "--room", `${this.bar.offsetHeight}px`);
  }

  /** The colours of the page. */
  dress() {
    const page = document.querySelector(".stApp");
    if (!page || page.className === this.dressed) return; // another theme is another class
    this.dressed = page.className;
    const { color, backgroundColor } = getComputedStyle(page);
    write(this.element, "--ink", color);
    write(this.element, "--paper", backgroundColor);
  }

  /** @param {Room} room */
  show({ who, told, lost, unseen, over }) {
    if (who?.code !== this.who?.code) this.introduce(who);
    this.who = who;
    const stand = stands(told, Boolean(who?.free));
    const host = Boolean(who?.secret);
    this.bar.hidden = !who && !over;
    document.documentElement.toggleAttribute("data-room", !this.bar.hidden);
    this.bar.dataset.stands = lost || unseen || over ? "lost" : stand;
    const says = over || (who ? (lost || unseen || banner(who.code, told, who.free)) : "");
    if (this.says.textContent !== says) this.says.textContent = says;
    const follow = lost || over ? "" : many(told); // not read aloud
    if (this.many.textContent !== follow) this.many.textContent = follow;
    const brought = document.querySelector(".lab-alone, .room-of-page"); // with a button of its own
    this.button("teach").hidden = Boolean(who) || Boolean(over) || brought !== null;
    this.button("back").hidden = over !== "" || host || stand !== "explores";
    this.button("take").hidden = over !== "" || !host || told?.role !== "host";
    for (const name of ["eyes", "card", "small", "copy-lead", "end"]) this.button(name).hidden = !host || over !== "";
    const own = part(this.bar, ".room-own", HTMLAnchorElement);
    own.hidden = host || over !== "" || !told?.alone;
    if (!own.hidden) own.href = `${this.base}/${told?.alone}`;
    part(this.bar, ".room-desk", HTMLElement).hidden = !host || over !== "";
    part(this.bar, ".room-summary", HTMLElement).hidden = over ? !kept() : !host;
    this.button("eyes").setAttribute("aria-pressed", String(told?.frozen === true));
    this.frozen.show(told?.frozen === true && !host && !lost && !over);
    this.button("leave").hidden = host && over === "";
    this.button("leave").textContent = over ? "OK" : "Leave";
    const count = part(this.card, ".room-count", HTMLElement);
    const following = told?.following ?? 0;
    count.textContent = following === 1 ? "1 browser follows" : `${following} browsers follow`;
    if (!host || over) this.card.close();
    this.dress();
  }

  /** @param {Member | null} who */
  introduce(who) {
    this.who = who;
    if (!who?.secret) return;
    const address = `${this.base}/class/qr?${new URLSearchParams({ code: who.code, at: window.location.origin + this.base })}`;
    for (const image of [this.small, part(this.card, "img", HTMLImageElement)]) image.src = address;
    part(this.card, ".room-code", HTMLElement).textContent = spelled(who.code);
    part(this.card, ".room-link", HTMLElement).textContent = this.link.replace(/^https?:\/\//, "");
  }
}
