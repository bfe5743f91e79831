import assert from "node:assert/strict";
import { test } from "node:test";

import { came, connected, present, sees, titled } from "../../emergence/ui/browser/sees.js";
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
});

test("what was not done is said with the reason", () => {
  assert.equal(came("next", "done"), "");
  assert.match(came("next", null), /has not answered/);
  const reasons = ["reveal", "play", "next"].map((act) => came(act, "nothing"));
  assert.equal(new Set(reasons).size, 3);
  assert.ok(reasons.every(Boolean));
});
