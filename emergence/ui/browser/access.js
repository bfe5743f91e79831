// @ts-check
// Pictures without eyes or mouse: no Tab stop in Plotly's buttons, formulas that scroll by keyboard.

/**
 * Plotly's buttons are reached by the pointer; what they do the keyboard has elsewhere.
 * @param {HTMLElement} host
 */
export function leaveTabs(host) {
  for (const button of host.querySelectorAll(".modebar-btn")) button.setAttribute("tabindex", "-1");
}

/** A formula wider than its place is a Tab stop, so that the arrow keys move it. */
export function reachFormulas() {
  for (const formula of document.querySelectorAll(".katex-display")) {
    if (formula.scrollWidth > formula.clientWidth + 1) formula.setAttribute("tabindex", "0");
    else formula.removeAttribute("tabindex");
  }
}

/**
 * What a picture is called: its title, or what its axes say.
 * @param {{title?: {text?: string}, xaxis?: {title?: {text?: string}}, yaxis?: {title?: {text?: string}}}} layout
 */
export function called({ title, xaxis, yaxis }) {
  const [name, x, y] = [title, xaxis?.title, yaxis?.title].map((each) => (each?.text ?? "").replace(/<br>/g, " ").replace(/<[^>]*>/g, "").trim());
  return name || (x && y ? `${y} over ${x}` : y || x || "Picture");
}
