import assert from "node:assert/strict";
import { test } from "node:test";

import {
  bundle, curve, keep, movedFinely, movedNorm, movedOverlap, movedRelatively, thin, thinned,
} from "../../emergence/ui/browser/curves.js";

const rows = (...values) => values.map((value, i) => Float64Array.of(i + 1, value));

test("thinning keeps at most so many rows, and those it kept do not jump when more arrive", () => {
  for (const most of [3, 16, 150]) {
    let before = [];
    for (let last = 1; last < 1000; last += 1) {
      const now = thinned(last, most);
      assert.ok(now.length <= most + 1, `${now.length} of ${last}`);
      assert.equal(now[0], 1);
      const either = now.filter((i) => before.includes(i));
      assert.ok(either.length >= Math.floor(before.length / 2), `at ${last}`);
      before = now;
    }
  }
  assert.deepEqual(thinned(5, 10), [1, 2, 3, 4, 5]);
  assert.deepEqual(thinned(0, 10), []);
});

test("thin curves end at the present moment, and the more there are the fewer rows are looked at", () => {
  const many = rows(...Array(5000).keys());
  const few = thin(many, 10);
  assert.ok(few.length <= 152);
  assert.equal(few.at(-1), many.at(-1));
  assert.ok(thin(many, 256 * 64).length <= 20);
  assert.deepEqual(thin([], 4), []);
});

test("a curve keeps its ends and every visible move with the row just before it", () => {
  const moved = (from, to) => Math.abs(to - from) > 0.5;
  assert.deepEqual(keep(rows(0, 0, 0, 1, 1, 1), 1, moved), [0, 2, 3, 4, 5]);
  assert.deepEqual(keep(rows(0, 0, 0), 1, moved), [0, 1, 2]);
  assert.deepEqual(keep(rows(0), 1, moved), [0]);
  assert.deepEqual(keep([], 1, moved), []);
});

test("what is left out of a curve would not be seen", () => {
  const wave = rows(...Array.from({ length: 400 }, (_, i) => Math.sin(i / 9) / (1 + i / 50)));
  const { x, y } = curve(wave, 1, movedOverlap);
  assert.ok(x.length < wave.length);
  for (const [step, value] of wave) {
    const right = x.findIndex((each) => each >= step);
    const left = Math.max(right - 1, 0);
    const share = x[right] === x[left] ? 0 : (step - x[left]) / (x[right] - x[left]);
    const drawn = y[left] + share * (y[right] - y[left]);
    assert.ok(Math.abs(drawn - value) < 0.017, `at ${step}`);
  }
});

test("what is not a number is drawn as it is, a gap", () => {
  assert.ok(movedFinely(NaN, 1));
  assert.ok(movedRelatively(1, NaN));
  assert.deepEqual(curve(rows(NaN, NaN, 1, 1), 1, movedFinely).x, [1, 2, 3, 4]);
});

test("norms are compared on their logarithmic axis, the loss relative to itself", () => {
  assert.ok(!movedNorm(1e-6, 1.04e-6) && movedNorm(1e-6, 1.06e-6));
  assert.ok(!movedRelatively(1e-6, 1.003e-6) && movedRelatively(1e-6, 1.005e-6));
});

test("a scale multiplies a curve", () => {
  assert.deepEqual(curve(rows(1, 3), 1, movedFinely, 2), { x: [1, 2], y: [2, 6] });
});

test("a bundle runs along each curve and back, and changes left of the picture", () => {
  const two = [Float64Array.of(1, 0, 5), Float64Array.of(2, 1, 6)];
  const { x, y, customdata } = bundle(two, [1, 2], [7, 9], () => true, 500);
  assert.deepEqual(x, [1, 2, 1, 0.5, 1, 2, 1, 0.5]);
  assert.deepEqual(y, [0, 1, 0, 0, 5, 6, 5, 5]);
  assert.deepEqual(customdata, [7, 7, 7, 7, 9, 9, 9, 9]);
  assert.deepEqual(bundle([], [1], [7], () => true, 500), { x: [], y: [], customdata: [] });
});
