import assert from "node:assert/strict";
import { test } from "node:test";

import { csv, field, plain, voted } from "../../emergence/ui/browser/counted.js";
import { asked, came, connected, present, sees, titled } from "../../emergence/ui/browser/sees.js";
import { kept, target } from "../../emergence/ui/browser/wishes.js";

const PLAN = [{ page: "", title: "Live Lab" }, { page: "puzzle", title: "The puzzle", number: 1, minutes: 7 }, { page: "scaling_lab", title: "Scaling Lab" }];
const STATE = { page: "puzzle", query: "", picture: null, playback: null, highlight: null };
const told = (state, more = {}) => ({ code: "BCDFGH", version: 1, age: 0, state: { ...STATE, ...state }, role: "host", frozen: false, ...more });
const seen = (...given) => Object.fromEntries(sees(told(...given), PLAN));

test("a wish leads to the page before, after, or named", () => {
  const pages = PLAN.map(({ page }) => page);
  assert.equal(target({ act: "next", pages }, ""), "puzzle");
  assert.equal(target({ act: "previous", pages }, "puzzle"), "");
  assert.equal(target({ act: "previous", pages }, ""), undefined);
  assert.equal(target({ act: "next", pages }, "scaling_lab"), undefined);
  assert.equal(target({ act: "next", pages }, "nowhere"), undefined);
  assert.equal(target({ act: "go", pages: [""] }, "puzzle"), "");
});

test("lecture mode is kept on the way, under the page's own name for it", () => {
  assert.equal(kept("puzzle", "?screen=lecture&beta=0.8", "theorem"), "screen=lecture");
  assert.equal(kept("", "?P=8&view=lecture", "puzzle"), "screen=lecture");
  assert.equal(kept("puzzle", "?screen=lecture", ""), "view=lecture");
  assert.equal(kept("scaling_law", "?view=time", "theorem"), "");
  assert.equal(kept("puzzle", "?screen=lecture", "scaling_lab"), "");
  assert.equal(kept("puzzle", "?beta=0.8", "theorem"), "");
});

test("the desk says what the class sees", () => {
  assert.deepEqual(seen({}), { Page: "1 · The puzzle", Controls: "as the page begins", Answers: "none shown", Screens: "free" });
  const moved = seen({ query: "beta=0.8&screen=lecture&guess=none&guess_rise=-3" }, { frozen: true });
  assert.equal(moved.Page, "1 · The puzzle, in lecture mode");
  assert.equal(moved.Controls, "beta = 0.8");
  assert.equal(moved.Answers, "2 shown");
  assert.match(moved.Screens, /^dimmed/);
});

test("the desk goes on with the question that waits for its answer, and says whether the class sees its votes", () => {
  const polls = [{ id: "a", revealed: true, shown: true }, { id: "b", revealed: false, shown: false }, { id: "c", revealed: true, shown: true }];
  assert.equal(asked(told({}, { polls })).id, "b");
  assert.equal(asked(told({}, { polls: [polls[0], polls[2]] })).id, "c");
  assert.equal(asked(told({}, { polls: [] })), undefined);
  assert.equal(asked(null), undefined);
  assert.equal(asked(told({}, { polls }), "c").id, "c", "the one that was chosen");
  assert.equal(asked(told({}, { polls }), "gone").id, "b", "of another page");
  assert.equal(seen({}, { polls }).Votes, "hidden");
  assert.equal(seen({}, { polls: [{ ...polls[1], shown: true }] }).Votes, "shown");
  assert.match(seen({}, { polls: [polls[0]] }).Votes, /answer/);
  assert.equal("Votes" in seen({}), false);
});

const POLL = { page: "puzzle", text: "Which, at **β**?", options: ["-0.75", "=1+1, \"x\""], unit: " %", first: [3, 0], second: null, right: [0] };

test("the counted votes are a table that a spreadsheet reads as numbers and text", () => {
  const lines = csv([POLL, { ...POLL, second: [1, 2], right: null }], (page) => `1 · ${page}`).split("\r\n");
  assert.equal(lines[0], "page,question,option,unit,first round,second round,right");
  assert.equal(lines[1], '1 · puzzle,"Which, at β?",-0.75,%,3,,yes');
  assert.equal(lines[2], `1 · puzzle,"Which, at β?","'=1+1, ""x""",%,0,,no`, "no formula");
  assert.equal(lines[3], '1 · puzzle,"Which, at β?",-0.75,%,3,1,');
  assert.equal(lines.length, 6);
  assert.deepEqual(["@x", "+x", "-x", "-1", "a"].map(field), ["'@x", "'+x", "'-x", "-1", "a"]);
});

test("a question without a vote is no part of a summary", () => {
  assert.deepEqual(voted([POLL, { ...POLL, first: [0, 0] }, { ...POLL, first: [0, 0], second: [0, 1] }]).length, 2);
});

test("a question's formulas are read as text", () => {
  const said = plain("At *J* = 4, about $1/\\sqrt d = 0.03$: until $u = \\frac12$ with $\\delta = 0.1$, $(w^*-w^{4})^2$, $T_p$?");
  assert.equal(said, "At J = 4, about 1/√d = 0.03: until u = 1/2 with δ = 0.1, (w^*-w^4)^2, T_p?");
});

test("of the Live Lab the desk also says what is drawn, played and pointed at", () => {
  const playback = { run: "P=8", step: 12345.6, playing: true, rushing: false, share: 0.5 };
  const lab = seen({ page: "", query: "P=8&view=lecture", picture: "loss", playback, highlight: { p: 2, k: 0 } });
  assert.equal(lab.Page, "Live Lab, in lecture mode");
  assert.equal(lab.Controls, "P = 8");
  assert.equal(lab["Large picture"], "loss");
  assert.match(lab.Run, /^plays, was at step 12,346/);
  assert.equal(lab["Pointed at"], "direction 3, neuron 1");
  assert.equal("Answers" in lab, false);
  assert.match(seen({ page: "", playback: { ...playback, playing: false } }).Run, /^stands at step/);
  assert.equal(seen({ page: "", highlight: { p: null, k: null } })["Pointed at"], undefined);
});

test("a page is called as the plan calls it, and those connected are counted", () => {
  assert.equal(titled(present(PLAN, told({}))), "1 · The puzzle");
  assert.equal(titled(present(PLAN, told({ page: "" }))), "Live Lab");
  assert.equal(titled(undefined), "");
  assert.equal(connected(told({}, { following: 143 })), "143 connected");
  const votes = (revealed) => [{ id: "a", revealed, answered: 90 }];
  assert.equal(connected(told({}, { following: 143, polls: votes(false) })), "143 connected · 90 answered");
  assert.equal(connected(told({}, { following: 143, polls: votes(true) })), "143 connected");
});

test("what was not done is said with the reason", () => {
  assert.equal(came("next", "done"), "");
  assert.match(came("next", null), /has not answered/);
  const reasons = ["reveal", "play", "next"].map((act) => came(act, "nothing"));
  assert.equal(new Set(reasons).size, 3);
  assert.ok(reasons.every(Boolean));
});
