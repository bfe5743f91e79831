// The snapshots of one run, as they arrive: decoding and look-up, no drawing.

// Relative distance up to which two steps are the same.
export const CLOSE = 1e-6;

export class Store {
  constructor(data) {
    this.fields = data.fields;
    this.rows = []; // final snapshots, Float64Array each, the step first
    this.tip = null; // the present moment, replaced by the next answer
    this.header = { state: "ready", message: "", step: 0, crossing: [], seconds: 0 };
  }

  // Take in one answer of /lab/run (see runs/wire.py).
  take(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const { width } = header;
    const numbers = new Float32Array(buffer, 4 + length);
    const rows = header.steps.map((step, i) => {
      const row = Float64Array.from(numbers.subarray(i * width, (i + 1) * width));
      row[0] = step;
      return row;
    });
    this.tip = header.tip ? rows.pop() : null;
    this.rows.length = header.from;
    this.rows.push(...rows);
    this.header = header;
  }

  get final() {
    return ["finished", "failed", "stopped"].includes(this.header.state);
  }

  // Snapshots and the present moment.
  get count() {
    return this.rows.length + (this.tip ? 1 : 0);
  }

  row(i) {
    return i < this.rows.length ? this.rows[i] : this.tip;
  }

  // The last step there is a row for.
  get reached() {
    return this.count ? this.row(this.count - 1)[0] : 0;
  }

  // Number of the last row at or before `step`.
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

  // The row at `step`, between two snapshots their interpolation; labels are the earlier one's.
  at(step) {
    const i = this.before(step);
    const here = this.row(i);
    if (i + 1 >= this.count || step <= here[0]) return here;
    const next = this.row(i + 1);
    const share = (step - here[0]) / (next[0] - here[0]);
    const mixed = here.map((value, j) => value + share * (next[j] - value));
    for (const name of ["winner", "owner"]) {
      const { offset } = this.fields[name];
      mixed.set(this.part(here, name), offset);
    }
    mixed[0] = step;
    return mixed;
  }

  part(row, name) {
    const { offset, shape } = this.fields[name];
    return row.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
  }
}
