import assert from "node:assert/strict";
import { test } from "node:test";

import { beside, besideOrBelow, near, overlap, roomy, spread } from "../../emergence/ui/browser/labels.js";

test("names that are far apart stay where they want to be", () => {
  assert.deepEqual(spread([20, 80], 10, 0, 100), [20, 80]);
});

test("names keep their order and their distance, within the picture, for any wishes", () => {
  let seed = 1;
  const random = () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; };
  for (let trial = 0; trial < 500; trial += 1) {
    const wanted = Array.from({ length: 1 + Math.floor(10 * random()) }, () => 140 * random() - 20);
    const placed = spread(wanted, 10, 0, 100);
    const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
    assert.ok(placed[order[0]] >= 5 - 1e-6 && placed[order[order.length - 1]] <= 95 + 1e-6);
    for (let i = 1; i < order.length; i += 1) assert.ok(placed[order[i]] - placed[order[i - 1]] >= 10 - 1e-6);
  }
});

test("of names whose lines end together those stay that have room there, the most wanted first", () => {
  const crowd = near(Array.from({ length: 64 }, (_, i) => 180 + (i % 5)), Array.from({ length: 64 }, (_, i) => -i), 10, 200, 25);
  assert.ok(crowd.kept.length >= 3 && crowd.kept.length <= 6, `no tower of ${crowd.kept.length}`);
  assert.deepEqual(crowd.kept.slice(0, 3), [0, 1, 2]);
  crowd.kept.forEach((i, j) => assert.ok(Math.abs(crowd.heights[j] - (180 + (i % 5))) <= 25));
  const apart = near([20, 60, 100], [1, 2, 3], 10, 200, 25);
  assert.deepEqual(apart, { kept: [0, 1, 2], heights: [20, 60, 100] });
  assert.deepEqual(near([5, 5], [0, 1], 10, 12, 25).kept, [1], "a picture for one name");
});

test("a name beside a line covers no other name and stays in the picture", () => {
  const frame = { left: 0, top: 0, right: 300, bottom: 200 };
  const line = (height) => Array.from({ length: 30 }, (_, i) => [i * 10, height + i]);
  const lines = [40, 44, 48, 120].map((height) => ({ line: line(height), width: 60 }));
  const boxes = beside(lines, 16, frame).filter((box) => box);
  assert.equal(boxes.length, 4);
  boxes.forEach((box, i) => {
    assert.ok(box.left >= 0 && box.right <= 300 && box.top >= 0 && box.bottom <= 200);
    boxes.slice(i + 1).forEach((other) => assert.ok(!overlap(box, other)));
  });
});

test("a line outside the picture has no name", () => {
  assert.deepEqual(beside([{ line: [[500, 10], [600, 20]], width: 30 }], 16, { left: 0, top: 0, right: 300, bottom: 200 }), [null]);
});

test("of names on a circle those stay that have room, the first ones first", () => {
  const turn = Array.from({ length: 12 }, (_, i) => (2 * Math.PI * i) / 12);
  const [x, y] = [turn.map(Math.sin), turn.map(Math.cos)];
  assert.deepEqual(roomy(x, y, 0.9), [0, 2, 4, 6, 8, 10]);
  assert.equal(roomy(x, y, 0.1).length, 12);
});

test("in little room a name stands free of all lines, or else below them in the corner", () => {
  const frame = { left: 40, top: 0, right: 240, bottom: 110 };
  const falling = (turn) => Array.from({ length: 60 }, (_, i) => [40 + 200 * (i / 59), 8 + Math.max(0, 100 * (i / 59 - turn))]);
  const lines = [0.3, 0.32, 0.34, 0.36].map((turn) => ({ line: falling(turn), width: 55 }));
  const boxes = besideOrBelow(lines, 14, frame);
  assert.ok(boxes.every((box) => box), "all four have a place");
  boxes.forEach((box, i) => {
    assert.ok(box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom);
    for (const other of boxes.slice(i + 1)) assert.equal(overlap(box, other), false);
    for (const { line } of lines) {
      for (const [x, y] of line) assert.ok(x < box.left || x > box.right || y < box.top || y > box.bottom, `${i} at ${x}, ${y}`);
    }
  });
  assert.ok(boxes.some(({ left }) => left < 50), "some stand in the corner");
  const full = [{ line: Array.from({ length: 40 }, (_, i) => [40 + 5 * i, (i % 2) * 110]), width: 55 }];
  assert.deepEqual(besideOrBelow(full, 14, frame), [null], "none where nothing is free");
});
