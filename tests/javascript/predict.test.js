import assert from "node:assert/strict";
import { test } from "node:test";

import { besideHandle, ends, nearest, stepped } from "../../emergence/ui/browser/marker.js";
import { judged, line, score } from "../../emergence/ui/browser/predict.js";

const QUESTION = { name: "when", options: ["10", "100", "1,000"] };
const ANSWER = { name: "when", right: [1], bound: "within a factor 1.5", answer: "120", after: 120, why: "" };

test("a verdict says what was guessed, what it is, and within what it is right", () => {
  assert.equal(judged(QUESTION, ANSWER, 1), "You said 100; it is 120. Right (within a factor 1.5).");
  assert.equal(judged(QUESTION, ANSWER, 0), "You said 10; it is 120. Not this one (right: within a factor 1.5).");
  assert.equal(judged(QUESTION, { ...ANSWER, bound: "" }, 0), "You said 10; it is 120. Not this one.");
  assert.equal(judged(QUESTION, ANSWER, undefined), "It is 120.");
  const none = { ...ANSWER, right: [], answer: "", why: "the run has diverged" };
  assert.equal(judged(QUESTION, none, 0), "You said 10. The run does not show it: the run has diverged.");
  assert.equal(judged(QUESTION, none, undefined), "The run does not show it: the run has diverged.");
});

test("while the run plays, guesses and verdicts are a line", () => {
  const questions = [{ name: "first", options: ["direction 1", "direction 2"] }, QUESTION, { name: "slope", options: ["-2", "-1"] }];
  const guesses = new Map([["first", 1], ["when", 2]]);
  assert.equal(line(questions, new Map(), guesses), "You said direction 2. You said step 1,000.");
  const answers = new Map([["when", ANSWER]]);
  assert.equal(line(questions, answers, guesses), "You said direction 2. You said 1,000; it is 120. Not this one (right: within a factor 1.5).");
  assert.equal(line(questions, new Map(), new Map()), "The run shows the answers.");
});

test("the score counts guesses that a run has judged, and no others", () => {
  const answers = new Map([["when", ANSWER], ["first", { ...ANSWER, name: "first", right: [0] }], ["slope", { ...ANSWER, name: "slope", right: [], why: "diverged" }]]);
  assert.equal(score(answers, new Map([["when", 1], ["first", 2], ["slope", 0]])), "1 of 2 right");
  assert.equal(score(answers, new Map([["when", 1]])), "1 of 1 right");
  assert.equal(score(answers, new Map()), "");
});

test("a marker goes to the nearest stop, and by keys to the next", () => {
  assert.equal(nearest([[0, 0], [10, 0], [20, 0]], [13, 40]), 1);
  assert.equal(stepped("ArrowUp", 3, 5), 4);
  assert.equal(stepped("ArrowRight", 4, 5), 4);
  assert.equal(stepped("PageDown", 4, 41), 0);
  assert.equal(stepped("Home", 4, 41), 0);
  assert.equal(stepped("End", 4, 41), 40);
  assert.equal(stepped("Tab", 4, 41), null);
});

test("a slope's line has that slope, and ends in the picture", () => {
  const [from, corner, decade] = [[100, 50], [500, 350], [80, 60]];
  for (const [i, slope] of [-3, -1, -0.5, 0].entries()) {
    const [x, y] = ends([-3, -1, -0.5, 0], from, corner, decade)[i];
    assert.ok(x <= 500 && y <= 350 + 1e-9);
    const [across, down] = [(x - from[0]) / decade[0], (y - from[1]) / decade[1]];
    assert.ok(Math.abs(down - -slope * across) < 1e-9, "decades down over decades to the right");
    assert.ok(Math.abs(x - 500) < 1e-9 || Math.abs(y - 350) < 1e-9, "at the edge");
  }
});

test("a marker's label stands between the axes wherever the marker is", () => {
  const area = { left: 60, top: 10, right: 330, bottom: 210 };
  for (const width of [80, 180, 270]) {
    for (let x = area.left; x <= area.right; x += 5) {
      for (const y of [12, 110, 205]) {
        const [left, top] = besideHandle([x, y], [width, 22], area);
        assert.ok(left >= area.left && left + width <= area.right, `${width} wide at ${x}`);
        assert.ok(top >= area.top && top + 22 <= area.bottom, `at ${y}`);
        assert.ok(left > x || left + width < x || top > y || top + 22 < y, "beside the handle, not over it");
      }
    }
  }
});
