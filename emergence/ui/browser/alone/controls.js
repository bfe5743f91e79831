// @ts-check
// The sliders of a page that computes by itself: native ones, each with its value, and a way back.

/** @typedef {import("./experiment.js").Control} Control */
/** @typedef {import("./plan.js").Wanted} Wanted */

/** @param {number} value */
const exact = (value) => (Math.abs(value) >= 1e5 || (value && Math.abs(value) < 1e-3) ? String(value) : value.toLocaleString("en", { maximumSignificantDigits: 8 }));

export class Controls {
  /**
   * @param {HTMLElement} place
   * @param {Control[]} controls
   * @param {(values: Partial<Wanted>) => void} changed somebody has moved one, to these values
   */
  constructor(place, controls, changed) {
    this.controls = controls.filter(({ shown }) => shown);
    /** @type {Map<string, {input: HTMLInputElement, output: HTMLOutputElement, stops: number[]}>} */
    this.fields = new Map();
    for (const control of this.controls) {
      const { name, symbol, label, help, allowed } = control;
      const row = document.createElement("label");
      row.className = "file-control";
      row.title = `${help}\n\nAllowed: ${allowed}.`;
      const words = Object.assign(document.createElement("span"), { textContent: symbol === label ? label : `${symbol} · ${label}` });
      const output = document.createElement("output");
      const input = Object.assign(document.createElement("input"), { type: "range", min: "0", step: "1", name });
      row.append(words, output, input);
      place.append(row);
      this.fields.set(name, { input, output, stops: control.stops });
      input.addEventListener("input", () => {
        const value = this.valueOf(name);
        this.write(name, value);
        changed({ [name]: value });
      });
    }
    const buttons = document.createElement("p");
    buttons.className = "file-buttons";
    const button = (/** @type {string} */ textContent, /** @type {() => void} */ press) => {
      const made = Object.assign(document.createElement("button"), { type: "button", textContent });
      made.addEventListener("click", press);
      buttons.append(made);
    };
    button("Another seed", () => changed({ seed: crypto.getRandomValues(new Uint16Array(1))[0] }));
    button("Reset sliders", () => changed(Object.fromEntries(this.controls.map(({ name, default: usual }) => [name, usual]))));
    place.append(buttons);
  }

  /** @param {string} name */
  field(name) {
    const found = this.fields.get(name);
    if (!found) throw new Error(`there is no control ${name}`);
    return found;
  }

  /** @param {string} name */
  valueOf(name) {
    const { input, stops } = this.field(name);
    return stops[Number(input.value)];
  }

  /**
   * @param {string} name
   * @param {number} value
   */
  write(name, value) {
    const { output, input } = this.field(name);
    output.textContent = exact(value);
    input.setAttribute("aria-valuetext", exact(value));
  }

  /**
   * Show an experiment: a value between two stops becomes one.
   * @param {Wanted} e
   */
  show(e) {
    for (const { name, stops } of this.controls) {
      const value = Number(e[name]);
      const field = this.field(name);
      field.stops = stops.includes(value) ? stops : [...stops, value].sort((a, b) => a - b);
      field.input.max = String(field.stops.length - 1);
      field.input.value = String(field.stops.indexOf(value));
      field.input.disabled = name === "J" && e.mixture.length > 0; // the mixture says it
      this.write(name, value);
    }
  }
}
