import assert from "node:assert/strict";
import { test } from "node:test";

import { Course, LAST_REST, Opening, REST } from "../../emergence/ui/browser/opening.js";
import { Timeline } from "../../emergence/ui/browser/timeline.js";

const ACTS = 3;
const SECONDS = 10;

test("acts follow one another, and after the last it is the viewer's turn", () => {
  const opening = new Opening(ACTS, SECONDS, false);
  for (let act = 0; act < ACTS; act += 1) {
    assert.equal(opening.act, act);
    assert.equal(opening.share, 0);
    assert.equal(opening.advance(SECONDS / 2, 1, true), false);
    assert.equal(opening.share, 0.5);
    assert.equal(opening.advance(SECONDS / 2, 1, true), false);
    assert.equal(opening.share, 1);
    assert.equal(opening.over, false);
    assert.equal(opening.advance(act < ACTS - 1 ? REST : LAST_REST, 1, true), true);
  }
  assert.equal(opening.over, true);
  assert.equal(opening.advance(SECONDS, 1, true), false);
});

test("the next act begins within two seconds of the end of one", () => {
  assert.ok(REST <= 2);
  assert.ok(LAST_REST > REST, "the last measurement is read");
});

test("an act is never played beyond what is computed, and does not end before its run does", () => {
  const opening = new Opening(ACTS, SECONDS, false);
  opening.advance(SECONDS, 0.2, false);
  assert.equal(opening.share, 0.2);
  opening.advance(SECONDS, 1, false);
  assert.equal(opening.share, 1);
  assert.equal(opening.advance(10 * SECONDS, 1, false), false);
  assert.equal(opening.act, 0);
  opening.choose(1);
  opening.advance(SECONDS, -1, false);
  assert.equal(opening.share, 0);
});

test("paused it rests, and goes on from where it was", () => {
  const opening = new Opening(ACTS, SECONDS, false);
  opening.advance(3, 1, true);
  opening.toggle();
  assert.equal(opening.advance(100, 1, true), false);
  assert.equal(opening.share, 0.3);
  opening.toggle();
  opening.advance(1, 1, true);
  assert.equal(opening.share, 0.4);
});

test("a chosen act begins anew, whatever was before", () => {
  const opening = new Opening(ACTS, SECONDS, false);
  opening.advance(7, 1, true);
  opening.toggle();
  opening.choose(2);
  assert.deepEqual([opening.act, opening.share, opening.paused], [2, 0, false]);
  opening.choose(9);
  assert.equal(opening.over, true);
  opening.choose(0);
  assert.deepEqual([opening.act, opening.share, opening.over], [0, 0, false]);
});

test("without motion each act stands at its end, and none follows by itself", () => {
  const opening = new Opening(ACTS, SECONDS, true);
  assert.deepEqual([opening.share, opening.paused], [1, true]);
  assert.equal(opening.advance(100, 1, true), false);
  assert.equal(opening.act, 0);
  opening.choose(1);
  assert.deepEqual([opening.act, opening.share, opening.paused], [1, 1, true]);
  opening.toggle();
  assert.deepEqual([opening.share, opening.paused], [0, false]);
  assert.equal(opening.advance(SECONDS, 1, true), false);
  assert.deepEqual([opening.act, opening.share, opening.paused], [1, 1, true]);
});

test("an act's time goes from before the first predicted jump to the run's end, evenly in log", () => {
  const timeline = new Timeline({ first: 1, end: 10000 });
  const course = new Course(timeline, [500, null, 3000]);
  assert.ok(Math.abs(course.stepAt(0) - 100) < 1e-9);
  assert.ok(Math.abs(course.stepAt(0.5) - 1000) < 1e-9);
  assert.ok(Math.abs(course.stepAt(1) - 10000) < 1e-6);
  for (const share of [0, 0.3, 1]) assert.ok(Math.abs(course.shareOf(course.stepAt(share)) - share) < 1e-12);
  assert.equal(course.shareOf(5), 0);
  assert.equal(new Course(timeline, [null]).from, 0);
});
