// @ts-check
// What happens on the page around the component: keys that play and step, controls that are touched.

/**
 * Hear the document's events until the component has left it: nothing outside may keep it alive.
 * @param {HTMLElement} host
 * @param {{touched: () => void, ready: () => boolean, toggle: () => void, step: () => void, reset: () => void, choose: (key: number) => void}} acts
 */
export function hearPage(host, { touched, ready, toggle, step, reset, choose }) {
  const left = new AbortController();
  /**
   * @template {"keydown" | "pointermove" | "pointerup"} K
   * @param {K} kind
   * @param {(event: DocumentEventMap[K]) => void} heard
   * @param {AddEventListenerOptions} [options]
   */
  const listen = (kind, heard, options) => {
    document.addEventListener(kind, (event) => {
      if (host.isConnected) heard(event);
      else left.abort();
    }, { ...options, signal: left.signal });
  };
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
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { target } = event;
    if (target instanceof Element && target.closest("input, textarea, button, [role=slider], [contenteditable]")) return;
    if (event.key === " ") toggle();
    else if (event.key === "ArrowRight") step();
    else if (event.key === "r" || event.key === "R") reset();
    else if (/^[1-9]$/.test(event.key)) choose(Number(event.key));
    else return;
    event.preventDefault();
  });
}
