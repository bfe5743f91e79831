// @ts-check
// Small switches in a picture's header, one for each curve of theory.

/** @typedef {import("./types.js").Trace} Trace */

export class Chips {
  /**
   * @param {HTMLElement} place
   * @param {(byHand: boolean) => void} changed
   */
  constructor(place, changed) {
    this.place = place;
    this.changed = changed;
    /** Curves that are switched off, in every experiment. @type {Set<string>} */
    this.off = new Set();
    /** @type {Trace[]} */
    this.traces = [];
    this.veiled = false;
  }

  /**
   * The curves of an experiment's figure; those switched off stay so.
   * @param {Trace[]} traces
   */
  begin(traces) {
    this.traces = traces;
    const chips = theory(traces).map(([trace, curve]) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "lab-chip";
      chip.dataset.curve = curve;
      chip.textContent = curve;
      chip.title = `Show or hide: ${trace.name ?? curve}`;
      chip.style.setProperty("--line", String(trace.line?.color));
      chip.addEventListener("click", () => this.toggle(curve));
      return chip;
    });
    this.place.replaceChildren(...chips);
    this.mark();
  }

  /** @param {string} curve */
  toggle(curve) {
    if (!this.off.delete(curve)) this.off.add(curve);
    this.mark();
    this.changed(true);
  }

  /**
   * Have these curves switched off, as a lecture has.
   * @param {string[]} off
   */
  attend(off) {
    if (off.length === this.off.size && off.every((curve) => this.off.has(curve))) return;
    this.off = new Set(off);
    this.mark();
    this.changed(false);
  }

  /**
   * Hide every curve while somebody guesses what theory says.
   * @param {boolean} veiled
   */
  veil(veiled) {
    if (veiled === this.veiled) return;
    this.veiled = veiled;
    this.mark();
    this.changed(false);
  }

  mark() {
    this.place.hidden = this.veiled;
    for (const [trace, curve] of theory(this.traces)) trace.visible = !this.veiled && !this.off.has(curve);
    for (const chip of this.place.querySelectorAll("button")) {
      chip.setAttribute("aria-pressed", String(!this.off.has(chip.dataset.curve ?? "")));
    }
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
