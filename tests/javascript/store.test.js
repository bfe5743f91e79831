import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, Store } from "../../emergence/ui/browser/store.js";
import { answer, FIELDS, row } from "./rows.js";

function filled(steps, more) {
  const store = new Store({ fields: FIELDS });
  store.take(answer(steps.map((step) => row(step, { value: step })), more));
  return store;
}

test("an answer's rows have their steps in double precision", () => {
  const far = 2 ** 40 + 1; // a float32 does not hold it
  const { header, rows } = decode(answer([row(far, { value: 0.5 })], { note: "grüße" }));
  assert.equal(header.note, "grüße");
  assert.equal(rows[0][0], far);
  assert.equal(rows[0][FIELDS.u.offset], 0.5);
});

test("an empty store has nothing and is not final", () => {
  const store = new Store({ fields: FIELDS });
  assert.equal(store.count, 0);
  assert.equal(store.reached, 0);
  assert.equal(store.final, false);
  assert.throws(() => store.row(0), RangeError);
});

test("answers add up, and the tip is replaced by the next one", () => {
  const store = filled([0, 1, 2], { rows: 2, tip: true });
  assert.equal(store.rows.length, 2);
  assert.equal(store.count, 3);
  assert.equal(store.reached, 2);
  store.take(answer([row(4), row(5)], { from: 2, rows: 1, tip: true }));
  assert.deepEqual([0, 1, 2, 3].map((i) => store.row(i)[0]), [0, 1, 4, 5]);
  store.take(answer([row(8)], { from: 3, final: true }));
  assert.equal(store.tip, null);
  assert.equal(store.reached, 8);
  assert.equal(store.final, true);
});

test("a server that was restarted has the rows begin anew", () => {
  const store = filled([0, 1, 2, 3]);
  store.take(answer([row(0), row(7)], { from: 0 }));
  assert.deepEqual(store.rows.map((each) => each[0]), [0, 7]);
});

test("a step finds the last row at or before it, like a walk through all rows", () => {
  const steps = [0, 1, 2, 5, 9, 9.5, 40];
  const store = filled(steps);
  for (const step of [0, 0.5, 1, 1.999, 2, 4, 5, 9.4, 9.5, 39, 40, 1000]) {
    const walked = steps.findLastIndex((each) => each <= step);
    assert.equal(store.before(step), walked, `step ${step}`);
  }
  assert.equal(store.before(5 * (1 - 1e-9)), 3, "up to a relative distance of 1e-6 it is the same");
});

test("between two snapshots numbers are interpolated and labels are the earlier one's", () => {
  const store = new Store({ fields: FIELDS });
  store.take(answer([
    row(10, { value: 1, winner: [0, 1], owner: [-1, 0] }),
    row(20, { value: 3, winner: [1, 0], owner: [1, 1] }),
  ]));
  const middle = store.at(15);
  assert.equal(middle[0], 15);
  assert.deepEqual([...store.part(middle, "n2")], [2, 2]);
  assert.deepEqual([...store.part(middle, "winner")], [0, 1]);
  assert.deepEqual([...store.part(middle, "owner")], [-1, 0]);
  assert.equal(store.at(5), store.row(0), "before the first row it is the first");
  assert.equal(store.at(99), store.row(1), "after the last row it is the last");
});

test("a moment has the rows after 0 up to it, itself last", () => {
  const store = filled([0, 1, 2, 4]);
  const steps = (step) => store.upTo(step).rows.map((each) => each[0]);
  assert.deepEqual(steps(0), []);
  assert.deepEqual(steps(2), [1, 2]);
  assert.deepEqual(steps(3), [1, 2, 3]);
  assert.deepEqual(steps(9), [1, 2, 4]);
  assert.equal(store.upTo(3).now[0], 3);
});

test("a part has as many numbers as its shape", () => {
  const store = filled([1]);
  for (const [name, { shape }] of Object.entries(FIELDS)) {
    assert.equal(store.part(store.row(0), name).length, shape.reduce((a, b) => a * b, 1), name);
  }
});

test("what is drawn begins where the picture does, with the start's values", () => {
  const store = filled([0, 4, 8]);
  const { rows } = store.moment(8, 2);
  assert.deepEqual(rows.map((each) => each[0]), [2, 4, 8]);
  assert.deepEqual([...rows[0].slice(1)], [...store.row(0).slice(1)]);
  assert.deepEqual(store.moment(0, 2).rows.map((each) => each[0]), [2], "before it, the start alone");
  assert.deepEqual(store.moment(8, 4).rows.map((each) => each[0]), [4, 8], "nothing is added to a row that is there");
});
