import assert from "node:assert/strict";
import { test } from "node:test";

import { score, summary } from "../../emergence/ui/browser/scoreboard.js";
import { Store } from "../../emergence/ui/browser/store.js";
import { answer, FIELDS, row } from "./rows.js";

const data = {
  a: [1, 0.5], T: [100, null], late: [110, null], iota: [1, null], unused: [0], serves: 0.05, captured: 0.2,
  said: { directions: "2 directions", neurons: "2 neurons", classes: ["matched by ι", "sharing a direction", "unused"] },
};

function at(step) {
  const store = new Store({ fields: FIELDS });
  const now = row(200, { value: 0.25, winner: [1, 0] });
  now[FIELDS.capture.offset + 1] = 0.04;
  now.set([1, 0, 1], FIELDS.census.offset);
  store.take(answer([now], { crossing: [120, null] }));
  return { store, now: store.row(0), step };
}

test("a learned direction has its crossing and ratio, one without a neuron says none", () => {
  const { store, now, step } = at(200);
  assert.deepEqual(score(data, store, now, step, 0), {
    cells: ["1", "100", "110", "120", "1.20", "0.25", "0.25", "1", "1"], learned: true,
  });
  assert.deepEqual(score(data, store, now, step, 1), {
    cells: ["0.500", "–", "–", "–", "–", "–", "0.04", "none", "–"], learned: false,
  });
});

test("what happens after the shown moment is not told", () => {
  const { store, now } = at(200);
  assert.equal(score(data, store, now, 119, 0).learned, false);
  assert.equal(score(data, store, now, 119, 0).cells[3], "–");
  assert.match(summary(data, store, now, 119), /^0 of 2 directions learned/);
  assert.match(summary({ ...data, captured: 0.3 }, store, now, 120), /^0 of 2 directions learned/, "found, but weak");
  assert.equal(summary(data, store, now, 120), "1 of 2 directions learned · 2 neurons: 1 matched by ι, 0 sharing a direction, 1 unused, largest norm 0.500");
});
