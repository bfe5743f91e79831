import assert from "node:assert/strict";
import { test } from "node:test";

import { answered, ballot, bands, due, escaped, histogram, inWords, moved, owed, picture, sent, ticks, verdict } from "../../emergence/ui/browser/votes.js";

const NUMBER = { kind: "number", name: "guess", options: ["-1", "-0.5", "0"], unit: " %" };
const CHOICE = { kind: "choice", name: "guess", options: ["<b>strong</b>", "weak"], unit: "" };
const vote = (more = {}) => ({ id: "1", name: "guess", round: 1, shown: true, revealed: false, first: [3, 1, 0], second: null, shift: [], ...more });
const TWICE = vote({ round: 2, second: [1, 3, 0], shift: [[0, 0, 1], [0, 1, 2], [1, 1, 1]] });

test("whoever leads reads how many have answered", () => {
  assert.equal(answered(vote({ answered: 143 }), 180), "143 of 180 have answered");
  assert.equal(answered(vote({ answered: 1 }), 1), "1 of 1 has answered");
  assert.equal(answered(vote({ answered: 3 }), 2), "3 of 3 have answered", "one has voted and gone");
  assert.equal(answered(vote({ answered: 2, round: 2 }), 4), "2 of 4 have answered in the second round");
});

test("the shift says how many changed their guess", () => {
  assert.equal(moved(vote()), "");
  assert.equal(moved(TWICE), "2 of the 4 who voted twice changed their guess.");
});

test("the share that was right has its tolerance, and is of those who voted", () => {
  assert.equal(verdict(vote()), "", "nobody knows yet");
  assert.equal(verdict(vote({ right: [1, 2], bound: "within 0.5" })), "25 % were right (within 0.5): 1 of 4.");
  assert.equal(verdict({ ...TWICE, right: [1], bound: "" }), "75 % were right: 3 of 4; before the discussion 25 %.");
  assert.equal(verdict(vote({ right: [] })), "0 % were right: 0 of 4.", "the truth is none of the options");
  assert.equal(verdict(vote({ first: [0, 0, 0], right: [1] })), "", "nobody voted");
  assert.equal(verdict(vote({ second: [0, 0, 0], right: [0] })), "75 % were right: 3 of 4.", "nobody voted again");
});

test("a histogram has a bar for each option, as high as its votes", () => {
  const drawn = histogram(NUMBER, vote({ right: [1] }));
  assert.deepEqual([...drawn.matchAll(/height:([\d.]+)%/g)].map(([, high]) => Math.round(Number(high))), [100, 33, 0]);
  assert.equal(drawn.match(/votes-right/g).length, 1);
  assert.match(histogram(CHOICE, vote({ first: [1, 3] })), /&#60;b&#62;strong/, "what somebody wrote is no HTML");
  const listed = histogram(CHOICE, { ...TWICE, first: [3, 1], second: [1, 3], right: [1] });
  assert.deepEqual([...listed.matchAll(/<b>(\d)<\/b>/g)].map(([, many]) => many), ["3", "1", "1", "3"], "row by row");
  assert.equal(listed.match(/votes-bar votes-right/g).length, 2);
  for (const question of [NUMBER, CHOICE]) assert.match(histogram(question, TWICE), /votes-bands/);
  assert.doesNotMatch(histogram(NUMBER, vote()), /votes-bands/);
  assert.equal(inWords(NUMBER, vote()), "Votes: -1 %: 3; -0.5 %: 1.");
  assert.equal(inWords(NUMBER, TWICE), "First round: -1 %: 3; -0.5 %: 1. Second round: -1 %: 1; -0.5 %: 3.");
  assert.equal(escaped('"<&>'), "&#34;&#60;&#38;&#62;");
});

test("all of the highest bars have their number, as far as there is room", () => {
  const question = { ...NUMBER, options: Array.from({ length: 31 }, (_, i) => String(i)) };
  /** @param {number[]} counts */
  const numbers = (counts) => [...histogram(question, vote({ first: question.options.map((_, i) => counts[i] ?? 0) })).matchAll(/<b>(\d+)</g)].map(([, many]) => many);
  assert.deepEqual(numbers([2, 1, 2, 2]), ["2", "2", "2"]);
  assert.deepEqual(numbers([20, 20, 1, 20]), ["20", "20"]);
});

test("a band leads from each first guess to the second, as wide as it is common", () => {
  const drawn = bands(TWICE, 3, false);
  assert.deepEqual([...drawn.matchAll(/d="M([\d.]+) 0C.*? ([\d.]+) 1" stroke-width="([\d.]+)"/g)].map((found) => found.slice(1).map(Number)),
    [[0.5, 0.5, 6], [0.5, 1.5, 12], [1.5, 1.5, 6]]);
  assert.match(bands(TWICE, 3, true), /d="M0 0.5C.5 0.5 .5 1.5 1 1.5"/);
});

test("counts that are hidden are not drawn, and few stops of an axis are named", () => {
  assert.equal(picture(NUMBER, vote({ shown: false })), "");
  assert.equal(picture(NUMBER, vote({ first: undefined })), "");
  assert.match(picture(NUMBER, vote({ revealed: true, right: [0], bound: "within 1 %" })), /75 % were right \(within 1 %\)/);
  assert.doesNotMatch(picture(NUMBER, vote()), /right/);
  assert.equal(picture(NUMBER, vote({ first: [0, 0, 0] })), "", "nobody voted");
  assert.deepEqual(ticks(Array.from({ length: 101 }, (_, i) => String(i))), [0, 25, 50, 75, 100]);
  assert.deepEqual(ticks(["45,000", "98,000", "2,200,000"]), [0, 1, 2]);
  assert.deepEqual(ticks(["1", "2"]), [0, 1]);
});

test("a ballot offers every option, a number on a slider", () => {
  assert.equal(ballot("choice", "guess", ["a", "<b>"]).match(/type="radio"/g).length, 2);
  assert.doesNotMatch(ballot("choice", "guess", ["a", "<b>"]), /<b>/);
  assert.match(ballot("number", "guess", ["1", "2", "3"]), /min="0" max="2"/);
});

test("whoever leads asks once, shows what was shown, and asks anew by hand only", () => {
  const page = (more = {}) => ({ revealed: false, begun: false, again: false, ...more });
  assert.equal(due(page(), undefined), "ask");
  assert.equal(due(page(), vote()), "");
  assert.equal(due(page({ begun: true }), vote({ closed: false })), "close");
  assert.equal(due(page({ begun: true }), vote({ closed: true })), "");
  assert.equal(due(page({ revealed: true }), vote()), "reveal");
  assert.equal(due(page({ revealed: true }), vote({ revealed: true })), "");
  assert.equal(due(page({ revealed: true }), undefined), "", "an address that shows the answer asks nobody");
  assert.equal(due(page(), vote({ revealed: true })), "show", "away and back");
  assert.equal(due(page(), vote({ closed: true })), "", "put back before the answer came");
  assert.equal(due(page({ again: true }), vote({ revealed: true })), "ask");
  assert.equal(due(page({ revealed: true, again: true }), vote({ revealed: true })), "", "the page is on its way");
});

test("who has voted reads what was sent, and nothing that is over", () => {
  assert.equal(sent("-1.3", false), "Sent: -1.3. You may change it until the answer is shown.");
  assert.equal(sent("-1.3", true), "Sent: -1.3.");
  assert.equal(sent("", false), "");
  assert.equal(sent("", true), "You sent no guess.");
});

test("what the server does not know is said once more, and nothing else", () => {
  const open = (more) => vote({ said: [null], ...more });
  assert.deepEqual(owed(open(), [2]), [[1, 2]]);
  assert.deepEqual(owed(open({ said: [1] }), [2]), [], "it has one: this tab's is older or refused");
  assert.deepEqual(owed(open(), []), []);
  assert.deepEqual(owed(open({ revealed: true }), [2]), []);
  assert.deepEqual(owed(open({ round: 2, said: [null, null] }), [2, 0]), [[2, 0]], "the first round is over");
  assert.deepEqual(owed(open({ round: 2, said: [null, null], restored: true }), [2, 0]), [[1, 2], [2, 0]]);
  assert.deepEqual(owed(open({ round: 2, said: [null, null], restored: true }), [2]), [[1, 2]]);
});
