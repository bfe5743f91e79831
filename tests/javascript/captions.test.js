import assert from "node:assert/strict";
import { test } from "node:test";

import { Ground, halved, path, placed } from "../../emergence/ui/browser/captions.js";
import { overlap } from "../../emergence/ui/browser/labels.js";

const frame = { left: 0, top: 0, right: 400, bottom: 300 };
const measure = (text) => 7 * text.length;
const entry = (text, points) => ({ text, path: path(points, frame), frame, measure, spare: false });
const inked = (entries) => {
  const ground = new Ground(400, 300);
  for (const each of entries) for (const [x, y] of each.path) ground.fill({ left: x - 1, right: x + 1, top: y - 1, bottom: y + 1 });
  return ground;
};

test("what is inked is found in every box that touches it, and nowhere else", () => {
  const ground = new Ground(100, 80);
  ground.fill({ left: 40, right: 47, top: 20, bottom: 23 });
  assert.equal(ground.ink({ left: 0, right: 100, top: 0, bottom: 80 }), 2);
  assert.equal(ground.ink({ left: 45, right: 60, top: 10, bottom: 30 }), 1);
  assert.equal(ground.ink({ left: 0, right: 39, top: 0, bottom: 80 }), 0);
  assert.equal(ground.ink({ left: 48, right: 90, top: 0, bottom: 80 }), 0);
});

test("a line is followed through what is seen of it, over its gaps", () => {
  const points = path([[-1000, 100], [1000, 100], [NaN, 0], [50, 200], [60, 200]], frame);
  assert.ok(points.every(([x, y]) => x >= -1 && x <= 401 && (y === 100 || y === 200)));
  assert.ok(points.filter(([, y]) => y === 100).length > 100);
  assert.ok(!points.some(([, y]) => y > 100 && y < 200));
});

test("names cover no name and no line, and stay in their picture", () => {
  const entries = [60, 66, 140, 220].map((y, i) => entry(`line number ${i}`, [[0, 150], [390, y]]));
  const ground = inked(entries);
  const captions = placed(entries, 14, ground, []);
  const boxes = captions.filter((each) => each).map(({ box }) => box);
  assert.ok(boxes.length >= 3);
  boxes.forEach((box, i) => {
    assert.ok(box.left >= 0 && box.right <= 400 && box.top >= 0 && box.bottom <= 300);
    assert.ok(ground.ink(box) <= 2);
    boxes.slice(i + 1).forEach((other) => assert.ok(!overlap(box, other)));
  });
});

test("a name stands at its line's end where that is free", () => {
  const [caption] = placed([entry("u", [[0, 50], [200, 50]])], 14, new Ground(400, 300), []);
  assert.ok(caption.box.left > 200 && caption.box.left < 210 && caption.box.top < 50 && caption.box.bottom > 50);
});

test("a name that has no room has no place: the picture is full, or there is no line", () => {
  const full = new Ground(400, 300);
  full.fill(frame);
  assert.deepEqual(placed([entry("u", [[0, 50], [200, 50]]), entry("v", [])], 14, full, []), [null, null]);
});

test("a long name stands in two lines of about one length", () => {
  assert.equal(halved("slope -0.76 and its interval"), "slope -0.76\nand its interval");
  assert.equal(halved("one"), "one");
  const [caption] = placed([entry("a name that is as wide as seventy letters would be, so that it must break", [[0, 50], [200, 50]])], 14, new Ground(400, 300), []);
  assert.equal(caption.text.split("\n").length, 2);
});
