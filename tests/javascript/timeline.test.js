import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULT_SPEED, Rate, speedAt, Timeline } from "../../emergence/ui/browser/timeline.js";

test("the scrubber's shares and steps are inverse to each other", () => {
  const timeline = new Timeline({ first: 3, end: 4e6 });
  for (const share of [0.01, 0.3, 0.77, 1]) {
    assert.ok(Math.abs(timeline.shareOf(timeline.stepAt(share)) - share) < 1e-12);
  }
  assert.equal(timeline.stepAt(0), 0);
  assert.equal(timeline.shareOf(0), 0);
  assert.equal(timeline.shareOf(3), 0);
});

test("a decade is as wide as any other, and the scrubber names at most six, none on its 0", () => {
  for (const [first, end] of [[1, 10], [3, 4e6], [1e-3, 1e15], [7, 9]]) {
    const timeline = new Timeline({ first, end });
    const { decades } = timeline;
    assert.ok(decades.length <= 6);
    const shares = decades.map((n) => timeline.shareOf(10 ** n));
    assert.ok(shares.every((share) => share > 0.08 && share <= 1));
    const gaps = shares.slice(1).map((share, i) => share - shares[i]);
    assert.ok(gaps.every((gap) => Math.abs(gap - gaps[0]) < 1e-9));
  }
  assert.deepEqual(new Timeline({ first: 3, end: 4e6 }).decades, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(new Timeline({ first: 7, end: 9 }).decades, []);
});

test("a run takes eight seconds by default, and the slider's ends are ten minutes and no limit", () => {
  const end = 1e6;
  assert.ok(Math.abs(end / speedAt(DEFAULT_SPEED, end) - 8) < 1e-9);
  assert.ok(Math.abs(end / speedAt(0, end) - 600) < 1e-9);
  assert.ok(Math.abs(end / speedAt(0.95, end) - 1) < 1e-9);
  assert.equal(speedAt(1, end), Infinity);
});

test("the speed reached is that of the last second and a half", () => {
  const rate = new Rate();
  for (let now = 0; now <= 3000; now += 50) rate.see(now, now < 1400 ? 0 : 2 * (now - 1400));
  assert.ok(Math.abs(rate.value - 2000) < 1e-9);
  assert.equal(rate.under(1990), 1990, "never above the limit that stands beside it");
  assert.equal(rate.under(Infinity), rate.value);
  rate.forget();
  assert.equal(rate.value, 0);
  rate.see(0, 0);
  rate.see(100, 50);
  assert.equal(rate.value, 0, "too short a time says nothing");
});
