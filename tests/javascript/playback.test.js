import assert from "node:assert/strict";
import { test } from "node:test";

import { Playback } from "../../emergence/ui/browser/playback.js";
import { speedAt } from "../../emergence/ui/browser/timeline.js";

const RUN = { snapshots: [0, 10, 20, 40], end: 40 };
const SHARE = 0.5;

// What is computed so far: everything up to `reached`.
function computed(reached, more = {}) {
  const header = { state: "running", diverged: false };
  return { count: reached > 0 ? 2 : 0, reached, final: false, header, ...more };
}

test("it plays at its speed, and never beyond what is computed", () => {
  const store = computed(15);
  const playback = new Playback(RUN, store, SHARE);
  const speed = speedAt(SHARE, RUN.end);
  assert.equal(playback.advance(2, 0), true);
  assert.equal(playback.position, 2 * speed);
  playback.advance(1e6, 1);
  assert.equal(playback.position, 15);
  assert.equal(playback.advance(1, 2), false, "there is nothing to go on with");
  store.reached = 30;
  playback.advance(1e6, 3);
  assert.equal(playback.position, 30);
});

test("what is computed comes at intervals and is shown evenly, all of it when more comes", () => {
  const store = computed(10);
  const playback = new Playback({ snapshots: [0, 4000], end: 4000 }, store, SHARE);
  playback.rush();
  playback.advance(1, 1000);
  assert.equal(playback.position, 10, "what comes first is shown at once");
  store.reached = 20;
  const shown = [1100, 1120, 1140, 1160, 1180].map((now) => {
    playback.advance(0.02, now);
    return playback.position;
  });
  shown.forEach((step, i) => assert.ok(Math.abs(step - (12 + 2 * i)) < 1e-9, String(shown)));
  assert.equal(playback.advance(0.02, 1200), false);
  store.reached = 30;
  playback.advance(0.02, 1e6);
  assert.ok(playback.position > 20, "after a long silence no less than after a short one");
  store.final = true;
  playback.advance(1, 1e6 + 20);
  assert.equal(playback.position, 30, "a run that is through is not waited for");
});

test("it wishes for a second ahead, where it stands when paused, and everything when it rushes", () => {
  const playback = new Playback(RUN, computed(15), SHARE);
  assert.equal(playback.wish, speedAt(SHARE, RUN.end));
  playback.jump(12);
  assert.equal(playback.wish, 12);
  assert.equal(playback.idle, true);
  playback.rush();
  assert.equal(playback.pace, Infinity);
  assert.equal(playback.wish, RUN.end);
  assert.equal(playback.idle, false);
});

test("the next snapshot is waited for, then gone to, and its steps are counted", () => {
  const store = computed(15);
  const playback = new Playback(RUN, store, SHARE);
  playback.jump(12);
  playback.step();
  assert.equal(playback.wish, 20);
  assert.equal(playback.idle, false);
  assert.equal(playback.advance(1, 0), false);
  playback.step(); // an impatient reader: still the same snapshot
  store.reached = 21;
  assert.equal(playback.advance(1, 1), true);
  assert.deepEqual([playback.position, playback.moved, playback.stepping], [20, 8, false]);
  assert.equal(playback.next, 40);
});

test("a run that stops early takes a reader as far as it came", () => {
  const playback = new Playback(RUN, computed(33, { final: true }), SHARE);
  playback.jump(25);
  playback.step();
  playback.advance(1, 0);
  assert.deepEqual([playback.position, playback.moved], [33, 8]);
  assert.equal(playback.done, true);
});

test("its state is the run's once all is shown, before that its own", () => {
  const header = { state: "finished", diverged: false };
  const store = computed(40, { final: true, header });
  const playback = new Playback(RUN, store, SHARE);
  assert.equal(playback.state, "running");
  assert.equal(playback.settle(), false);
  playback.rush();
  playback.advance(2, 0);
  assert.equal(playback.state, "finished");
  assert.equal(playback.settle(), true);
  assert.equal(playback.settle(), false, "only once");
  assert.deepEqual([playback.playing, playback.rushing], [false, false]);
  store.header = { state: "stopped", diverged: true };
  assert.equal(playback.state, "diverged");
  playback.jump(5);
  assert.equal(playback.state, "paused");
});

test("playing again at the end begins anew", () => {
  const playback = new Playback(RUN, computed(40, { final: true }), SHARE);
  playback.jump(40);
  playback.toggle();
  assert.deepEqual([playback.position, playback.playing], [0, true]);
});

test("scrubbing goes no further than what is computed", () => {
  const playback = new Playback(RUN, computed(15), SHARE);
  playback.jump(39);
  assert.deepEqual([playback.position, playback.state], [15, "paused"]);
});

const LED = { run: "", step: 20, playing: true, rushing: false, share: SHARE };

test("it follows another's playback: where it is by now, its speed and its pause", () => {
  const playback = new Playback(RUN, computed(40), 0.1);
  assert.equal(playback.follow(LED, 2), true);
  const speed = speedAt(SHARE, RUN.end);
  assert.deepEqual([playback.position, playback.playing, playback.share], [20 + 2 * speed, true, SHARE]);
  assert.equal(playback.follow({ ...LED, step: 20 + 2.4 * speed }, 0), false, "no jump within half a second");
  playback.follow({ ...LED, step: 20 + 2.6 * speed }, 0);
  assert.equal(playback.position, 20 + 2.6 * speed);
  playback.follow({ ...LED, step: 12, playing: false }, 100);
  assert.deepEqual([playback.position, playback.playing], [12, false]);
  playback.follow(LED, 1e9);
  assert.equal(playback.position, RUN.end, "never beyond the end");
});

test("as fast as it goes, each goes at its own pace, and ends with the other", () => {
  const playback = new Playback(RUN, computed(15), SHARE);
  playback.follow({ ...LED, rushing: true }, 1e6);
  assert.deepEqual([playback.position, playback.playing, playback.wish], [0, true, RUN.end]);
  playback.advance(1, 0);
  assert.equal(playback.position, 15);
});

test("what another has seen and this one has not is asked for, until the viewer does something", () => {
  const store = computed(15);
  const playback = new Playback(RUN, store, SHARE);
  playback.follow({ ...LED, playing: false }, 0);
  assert.deepEqual([playback.position, playback.wish, playback.idle], [15, 20, false]);
  store.reached = 30;
  playback.follow({ ...LED, playing: false }, 0);
  assert.equal(playback.position, 20);
  playback.jump(3);
  assert.equal(playback.wish, 3);
});
