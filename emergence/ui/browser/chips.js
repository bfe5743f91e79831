// @ts-check
// Small switches in a picture's header, one for each curve of theory.

/** @typedef {import("./types.js").Trace} Trace */

export class Chips {
  /**
   * @param {HTMLElement} place
   * @param {() => void} changed
   */
  constructor(place, changed) {
    this.place = place;
    this.changed = changed;
    /** Curves that are switched off, in every experiment. @type {Set<string>} */
    this.off = new Set();
  }

  /**
   * The curves of an experiment's figure; those switched off stay so.
   * @param {Trace[]} traces
   */
  begin(traces) {
    const chips = theory(traces).map(([trace, curve]) => {
      trace.visible = !this.off.has(curve);
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "lab-chip";
      chip.dataset.curve = curve;
      chip.textContent = curve;
      chip.title = `Show or hide: ${trace.name ?? curve}`;
      chip.style.setProperty("--line", String(trace.line?.color));
      chip.setAttribute("aria-pressed", String(trace.visible));
      chip.addEventListener("click", () => this.toggle(curve, trace, chip));
      return chip;
    });
    this.place.replaceChildren(...chips);
  }

  /**
   * @param {string} curve
   * @param {Trace} trace
   * @param {HTMLElement} chip
   */
  toggle(curve, trace, chip) {
    if (!this.off.delete(curve)) this.off.add(curve);
    trace.visible = !this.off.has(curve);
    chip.setAttribute("aria-pressed", String(trace.visible));
    this.changed();
  }
}

/**
 * The curves of theory, by their names.
 * @param {Trace[]} traces
 */
function theory(traces) {
  /** @type {[trace: Trace, curve: string][]} */
  const found = [];
  for (const trace of traces) if (trace.meta?.role === "theory") found.push([trace, trace.meta.curve]);
  return found;
}
