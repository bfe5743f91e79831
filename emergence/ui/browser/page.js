// @ts-check
// What happens on the page around the component: keys that play and step, controls that are touched.

/**
 * What keys do.
 * @typedef {object} Acts
 * @property {() => void} toggle
 * @property {() => void} step
 * @property {() => void} back
 * @property {() => void} reset
 * @property {(key: number) => void} choose
 * @property {() => void} lecture
 * @property {() => void} fullScreen
 * @property {() => void} help
 * @property {() => void} pin
 * @property {() => void} save
 * @property {() => void} leave
 */

/**
 * How to hear the window's events until a component has left the page: nothing outside may keep it alive.
 * @param {HTMLElement} host
 */
export function listening(host) {
  const left = new AbortController();
  /**
   * @template {keyof WindowEventMap} K
   * @param {K} kind
   * @param {(event: WindowEventMap[K]) => void} heard
   * @param {AddEventListenerOptions} [options]
   */
  return (kind, heard, options) => {
    addEventListener(kind, (event) => {
      if (host.isConnected) heard(event);
      else left.abort();
    }, { ...options, signal: left.signal });
  };
}

/**
 * Hear what is done on the page.
 * @param {HTMLElement} host
 * @param {Acts & {touched: () => void, ready: () => boolean}} acts
 */
export function hearPage(host, acts) {
  const { touched, ready } = acts;
  const listen = listening(host);
  /** @param {Event} event */
  const outside = ({ target }) => {
    if (!(target instanceof Node && host.contains(target))) touched();
  };
  const early = { capture: true, passive: true };
  listen("keydown", outside, early);
  listen("pointerup", outside, early);
  listen("pointermove", (event) => { if (event.buttons) outside(event); }, early);
  listen("keydown", (event) => {
    if (!ready()) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const act = meant(event.key, event.shiftKey, acts);
    if (!act || held(event)) return;
    act();
    event.preventDefault();
    event.stopPropagation(); // Streamlit has its own R and C
  }, { capture: true });
}

/**
 * What a key does here.
 * @param {string} key
 * @param {boolean} shift
 * @param {Acts} acts
 */
export function meant(key, shift, acts) {
  if (key === "?") return acts.help;
  if (shift) return undefined;
  if (/^[1-6]$/.test(key)) return () => acts.choose(Number(key));
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": acts.toggle, ArrowRight: acts.step, ArrowLeft: acts.back, r: acts.reset, l: acts.lecture,
    f: acts.fullScreen, c: acts.pin, s: acts.save, Escape: acts.leave,
  };
  return keys[key.length === 1 ? key.toLowerCase() : key];
}

/**
 * Whether a key belongs to what has the focus.
 * @param {KeyboardEvent} event
 */
function held({ target, key }) {
  if (!(target instanceof Element)) return false;
  // A button that has just been hidden has left the focus to the page.
  const open = target.closest("dialog[open], [role=dialog], [role=listbox]") ?? document.querySelector("dialog:modal");
  if (open) return key !== "?" || !open.closest(".lab-help:not(.lab-save)");
  if (target.closest("input[type=range], [role=slider]")) return key.startsWith("Arrow");
  if (target.closest("input, textarea, [contenteditable]")) return true;
  return key === " " && Boolean(target.closest("button, summary, a"));
}
