import assert from "node:assert/strict";
import { test } from "node:test";

import { banner, differs, many, mayGo, now, onlyHere, same, shared, spelled, stands } from "../../emergence/ui/browser/following.js";

const PLAYED = { run: "P=8", step: 1000, playing: true, rushing: false, share: 0.5 };
const LECTURE = { page: "", query: "P=8", picture: "loss", playback: PLAYED, highlight: null, act: null, hidden: [], pinned: null };
const ACT = { ...LECTURE, playback: null, act: { number: 1, run: "P=8", share: 0.5, pace: 1 / 16 } };
const acting = (more) => ({ ...ACT, act: { ...ACT.act, ...more } });
const told = (role, more = {}) => ({ code: "BCDFGH", version: 1, age: 0, state: LECTURE, led: true, role, ...more });
const playing = (more) => ({ ...LECTURE, playback: { ...PLAYED, ...more } });

test("a follower that touches anything explores; whoever leads is never free", () => {
  assert.equal(stands(null, false), "waits");
  assert.equal(stands(told("follower"), false), "follows");
  assert.equal(stands(told("follower"), true), "explores");
  assert.equal(stands(told("host"), false), "follows");
  assert.equal(stands(told("leader"), true), "leads");
});

test("the banner says how a browser stands to the lecture", () => {
  assert.equal(spelled("BCDFGH"), "BCD\u00a0FGH");
  assert.equal(banner("BCDFGH", told("follower"), false), "Following the lecture · code BCD\u00a0FGH");
  assert.equal(banner("BCDFGH", told("follower"), true), "Exploring on your own");
  assert.equal(banner("BCDFGH", told("leader", { following: 1 }), false), "You lead · code BCD\u00a0FGH");
  assert.match(banner("BCDFGH", told("host", { following: 2, led: true }), false), /^Another browser leads /);
  assert.match(banner("BCDFGH", told("host", { following: 0, led: false }), false), /^Nobody leads now /);
  assert.deepEqual([undefined, 0, 1, 2].map((following) => many(told("host", { following }))), ["", " · 0 follow", " · 1 follows", " · 2 follow"]);
  assert.match(banner("BCDFGH", null, false), /^Joining/);
  for (const free of [false, true]) assert.match(banner("BCDFGH", told("follower", { led: false }), free), /no lecturer is there now/);
});

test("what plays has gone on since, what stands has not", () => {
  assert.equal(now(LECTURE, 2, 300).playback.step, 1600);
  assert.equal(now(playing({ playing: false }), 2, 300).playback.step, 1000);
  assert.equal(now(LECTURE, 2, Infinity).playback.step, 1000);
  assert.deepEqual(now({ ...LECTURE, playback: null }, 2, 300).playback, null);
  assert.equal(now(ACT, 4, 300).act.share, 0.75, "an act of the opening has a pace of its own");
  assert.equal(now(ACT, 400, 300).act.share, 1);
  assert.equal(now(acting({ pace: 0 }), 4, 300).act.share, 0.5);
});

test("followers are told of what they cannot know, and of nothing else", () => {
  assert.equal(differs(LECTURE, playing({ step: 1020 }), 300), false, "it plays as expected");
  assert.equal(differs(LECTURE, playing({ step: 1100 }), 300), true, "it was moved");
  assert.equal(differs(LECTURE, playing({ step: 9e9 }), Infinity), false, "as fast as it goes");
  assert.equal(differs(playing({ playing: false }), playing({ playing: false, step: 1001 }), 300), true);
  for (const more of [{ playing: false }, { rushing: true }, { share: 0.4 }]) {
    assert.equal(differs(LECTURE, playing(more), 300), true);
  }
  for (const more of [{ page: "puzzle" }, { query: "P=4" }, { picture: "map" }, { highlight: { p: 1, k: null } }, { playback: null },
    { hidden: ["power law"] }, { pinned: "P=4" }, { act: ACT.act }]) {
    assert.equal(differs(LECTURE, { ...LECTURE, ...more }, 300), true);
    assert.equal(differs({ ...LECTURE, ...more }, LECTURE, 300), true);
  }
});

test("an act of the opening plays along by itself, and is told when it is elsewhere", () => {
  assert.equal(differs(now(ACT, 4, 0), acting({ share: 0.76 }), 0), false);
  assert.equal(differs(now(ACT, 4, 0), acting({ share: 0.7 }), 0), true, "its run is not computed yet");
  assert.equal(differs(ACT, acting({ pace: 0 }), 0), true, "it is paused");
  assert.equal(differs(acting({ pace: 0 }), acting({ pace: 0, share: 0.51 }), 0), true);
  assert.equal(differs(ACT, acting({ number: 2, run: "P=64", share: 0.5 }), 0), true);
});

test("an address is followed without what embeds it, and a bare Live Lab's with its experiment", () => {
  const lab = (run) => ({ run, address: { view: "view", picture: "picture" } });
  assert.equal(shared("?embed=true&beta=0.8&embed_options=dark_theme", null), "beta=0.8");
  assert.equal(shared("", lab("P=8&d=64")), "P=8&d=64");
  assert.equal(shared("?view=lecture", lab("P=8")), "P=8&view=lecture");
  assert.equal(shared("?P=2&view=lecture", lab("P=8")), "P=2&view=lecture");
  assert.equal(shared("", null), "");
  assert.equal(shared("?view=lecture&picture=loss", lab("P=8")), "P=8&view=lecture", "the picture is told apart");
  assert.equal(shared("?P=2&picture=map", lab("P=8")), "P=2");
  assert.equal(shared("?picture=its+own", null), "picture=its+own", "a lesson's control");
});

test("two spellings of an address are the same", () => {
  assert.equal(same("mixture=3%3A0.6%2C4:0.8&P=8", "?P=8&mixture=3:0.6,4:0.8"), true);
  assert.equal(same("P=8", "P=9"), false);
  assert.equal(same("", "P=8"), false);
});

test("a page that is on its way is left to finish, though not for ever", () => {
  assert.equal(mayGo(false, 0), true);
  assert.equal(mayGo(true, 500), false);
  assert.equal(mayGo(true, 5000), true, "some pages are never at rest");
});

test("an address that no other machine reaches is known", () => {
  for (const name of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]", "lab.localhost"]) assert.equal(onlyHere(name), true, name);
  for (const name of ["192.168.1.7", "lab.example.org", "127.example.org", "localhost.example.org", "[fe80::1]"]) {
    assert.equal(onlyHere(name), false, name);
  }
});
