// @ts-check
// The snapshots of one run, as they arrive: decoding and look-up, no drawing.

/** @typedef {import("./types.js").Fields} Fields */
/** @typedef {import("./types.js").Header} Header */
/** @typedef {import("./types.js").Row} Row */

/** Relative distance up to which two steps are the same. */
export const CLOSE = 1e-6;

/** @type {Header} */
const NOTHING = {
  from: 0, rows: 0, steps: [], tip: false, width: 0, state: "ready", final: false, message: "",
  diverged: false, mends: [], titles: null, outcome: null, answers: [], note: "", step: 0, seconds: 0, crossing: [],
};

/**
 * An answer's header and rows (see `serving/wire.py`).
 * @param {ArrayBuffer} buffer
 * @returns {{header: Header, rows: Row[]}}
 */
export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  /** @type {Header} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const { width } = header;
  const numbers = new Float32Array(buffer, 4 + length);
  const rows = header.steps.map((step, i) => {
    const row = Float64Array.from(numbers.subarray(i * width, (i + 1) * width));
    row[0] = step;
    return row;
  });
  return { header, rows };
}

export class Store {
  /** @param {{fields: Fields}} data */
  constructor(data) {
    this.fields = data.fields;
    /** Final snapshots. @type {Row[]} */
    this.rows = [];
    /** The present moment, replaced by the next answer. @type {Row | null} */
    this.tip = null;
    this.header = NOTHING;
  }

  /**
   * Take in one answer.
   * @param {ArrayBuffer} buffer
   */
  take(buffer) {
    const { header, rows } = decode(buffer);
    this.tip = header.tip ? rows.pop() ?? null : null;
    this.rows.length = header.from;
    this.rows.push(...rows);
    this.header = header;
  }

  get final() {
    return this.header.final;
  }

  /** Snapshots and the present moment. */
  get count() {
    return this.rows.length + (this.tip ? 1 : 0);
  }

  /**
   * @param {number} i
   * @returns {Row}
   */
  row(i) {
    const row = i < this.rows.length ? this.rows[i] : this.tip;
    if (!row) throw new RangeError(`no row ${i} of ${this.count}`);
    return row;
  }

  /** The last step there is a row for. */
  get reached() {
    return this.count ? this.row(this.count - 1)[0] : 0;
  }

  /**
   * Number of the last row at or before `step`.
   * @param {number} step
   */
  before(step) {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.row(middle)[0] <= step * (1 + CLOSE)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * The row at `step`, between two snapshots their interpolation; labels are the earlier one's.
   * @param {number} step
   * @returns {Row}
   */
  at(step) {
    const i = this.before(step);
    const here = this.row(i);
    if (i + 1 >= this.count || step <= here[0]) return here;
    const next = this.row(i + 1);
    const share = (step - here[0]) / (next[0] - here[0]);
    const mixed = here.map((value, j) => value + share * (next[j] - value));
    mixed.set(this.part(here, "winner"), this.fields.winner.offset);
    mixed.set(this.part(here, "owner"), this.fields.owner.offset);
    mixed[0] = step;
    return mixed;
  }

  /**
   * The row at `step`, and all rows after 0 that lead to it.
   * @param {number} step
   * @returns {import("./types.js").Moment}
   */
  upTo(step) {
    const last = this.before(step);
    const now = this.at(step);
    const rows = [];
    for (let i = 1; i <= last; i += 1) rows.push(this.row(i));
    if (now[0] > 0 && (!rows.length || now[0] > rows[rows.length - 1][0])) rows.push(now);
    return { now, rows };
  }

  /**
   * What is drawn of a step; curves begin where the picture does, with the start's values.
   * @param {number} step
   * @param {number} first step of the picture
   * @returns {import("./types.js").Moment}
   */
  moment(step, first) {
    const { rows, now } = this.upTo(step);
    if (rows.length && rows[0][0] <= first) return { rows, now };
    const start = this.row(0).slice();
    start[0] = first;
    const shown = now[0] < first ? [start] : [start, ...rows];
    return { rows: shown, now: now[0] < first ? start : now };
  }

  /**
   * The numbers of one quantity.
   * @param {Row} row
   * @param {keyof import("./types.js").Kept} name
   */
  part(row, name) {
    const { offset, shape } = this.fields[name];
    return row.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
  }
}
