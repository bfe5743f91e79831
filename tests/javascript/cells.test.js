import assert from "node:assert/strict";
import { test } from "node:test";

import { bands, largest } from "../../emergence/ui/browser/cells.js";

test("cells lie on whole pixels of the screen, without a gap, at least two high", () => {
  for (const [count, length, offset, ratio] of [[512, 621.7, 79.2, 1], [512, 800.3, 41.6, 1.5], [32, 400, 50.4, 2], [64, 90, 0.3, 1]]) {
    const rows = bands(count, (cell) => (length * cell) / count, offset, ratio);
    assert.equal(rows[0].from, 0);
    assert.equal(rows[rows.length - 1].to, count);
    rows.forEach(({ from, low, high }, i) => {
      for (const edge of [low, high]) {
        const pixel = (offset + edge) * ratio;
        assert.ok(Math.abs(pixel - Math.round(pixel)) < 1e-6);
      }
      if (i + 1 < rows.length) assert.ok(high - low >= 1.5, "rounded from two or more");
      if (i) assert.ok(rows[i - 1].to === from && Math.abs(rows[i - 1].high - low) < 1e-9);
    });
  }
});

test("where cells have room each is a band of its own, whichever way the axis runs", () => {
  const rows = bands(4, (cell) => 400 - 100 * cell, 10, 1);
  assert.deepEqual(rows.map(({ from, to, low, high }) => [from, to, low, high]), [
    [0, 1, 300, 400], [1, 2, 200, 300], [2, 3, 100, 200], [3, 4, 0, 100],
  ]);
});

test("a band shows the largest of its cells", () => {
  const band = (from, to) => ({ from, to, low: 0, high: 0 });
  assert.equal(largest([[0, 0.1], [0.9, 0], [0.2, 0.3]], band(0, 2), band(0, 1)), 0.9);
  assert.equal(largest([[0, 0.1], [0.9, 0], [0.2, 0.3]], band(0, 3), band(1, 2)), 0.3);
});
