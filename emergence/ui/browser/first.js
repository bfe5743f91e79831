// @ts-check
// The first picture comes before the page's controls. Streamlit draws all that has come as one, and
// the controls take it several times as long as all else: what it is sent after the live component
// waits until that has painted, or for a moment.

import { askEarly } from "./early.js";

const COMPONENT = "emergence_live_lab"; // as ui/live_lab.py calls it
const LONGEST = 600; // ms

let holding = false;
let release = () => {};

/** Hold back what comes behind the component, once. @param {WebSocket} socket */
function hold(socket) {
  /** @type {unknown[] | null} */
  let held = null;
  const heard = new AbortController();
  release = () => {
    const waiting = held;
    if (!waiting) return;
    held = null;
    holding = false;
    heard.abort();
    for (const data of waiting) socket.dispatchEvent(new MessageEvent("message", { data }));
  };
  socket.addEventListener("message", (event) => {
    if (held) {
      event.stopImmediatePropagation();
      held.push(event.data);
    } else if (event.data instanceof ArrayBuffer) {
      const text = new TextDecoder("latin1").decode(event.data);
      if (!text.includes(COMPONENT)) return;
      askEarly(text);
      held = [];
      holding = true;
      setTimeout(release, LONGEST);
    }
  }, { signal: heard.signal });
}

/** Begin with the next connection that the page makes. */
export function pictureFirst() {
  const { WebSocket } = window;
  window.WebSocket = class extends WebSocket {
    /** @param {ConstructorParameters<typeof WebSocket>} given */
    constructor(...given) {
      super(...given);
      window.WebSocket = WebSocket;
      hold(this);
    }
  };
}

const SIDEBAR = 300; // px, Streamlit's own

/** How wide the sidebar will be: as it was left, which Streamlit has written down. */
function sidebar() {
  try {
    return localStorage.getItem("stSidebarCollapsed-") === "true" ? 0 : Number(localStorage.getItem("sidebarWidth")) || SIDEBAR;
  } catch { // a browser that keeps nothing
    return SIDEBAR;
  }
}

/**
 * The picture stands where it will, not where it would without what comes after it (see live.css).
 * @param {HTMLElement} host
 * @param {boolean} among whether it stands among the page's controls
 */
export function keepRoom(host, among) {
  host.classList.toggle("lab-among", among);
  document.documentElement.style.setProperty("--sidebar", `${sidebar()}px`);
}

/** The first picture is painted; whether something waits for that. */
export function painted() {
  requestAnimationFrame(() => setTimeout(release, 0));
  return holding;
}
