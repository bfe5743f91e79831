// A small experiment made by hand: two neurons, two directions, a row a step.

export const FIELDS = {
  time: { offset: 0, shape: [] }, mse: { offset: 1, shape: [] }, slope: { offset: 2, shape: [] },
  n2: { offset: 3, shape: [2] }, capture: { offset: 5, shape: [2] }, peak: { offset: 7, shape: [2] },
  winner: { offset: 9, shape: [2] }, share: { offset: 11, shape: [2] }, owner: { offset: 13, shape: [2] },
  census: { offset: 15, shape: [3] }, u: { offset: 18, shape: [2, 2] },
};
export const WIDTH = 22;

// A row at a step: mse 1/step, the labels as given, all else `value`.
export function row(step, { value = 0, winner = [0, 1], owner = [-1, -1] } = {}) {
  const numbers = new Float64Array(WIDTH).fill(value);
  numbers[0] = step;
  numbers[FIELDS.mse.offset] = 1 / (1 + step);
  numbers.set(winner, FIELDS.winner.offset);
  numbers.set(owner, FIELDS.owner.offset);
  return numbers;
}

// An answer of the server as `serving/wire.py` lays it out.
export function answer(rows, more = {}) {
  const header = {
    from: 0, rows: rows.length, steps: rows.map((each) => each[0]), tip: false, width: WIDTH,
    state: "running", final: false, message: "", diverged: false, titles: null, note: "", step: 0,
    seconds: 0, crossing: [null, null], ...more,
  };
  let text = JSON.stringify(header);
  text += " ".repeat((4 - (new TextEncoder().encode(text).length % 4)) % 4);
  const head = new TextEncoder().encode(text);
  const buffer = new ArrayBuffer(4 + head.length + 4 * rows.length * WIDTH);
  new DataView(buffer).setUint32(0, head.length, true);
  new Uint8Array(buffer, 4).set(head);
  new Float32Array(buffer, 4 + head.length).set(rows.flatMap((each) => [...each]));
  return buffer;
}
