// @ts-check
// What a room's server and its browsers say to each other. Types only: nothing in this file runs;
// `tests/unit/test_shared_names.py` holds every name against what Python sends.

/**
 * A playback as others follow it (see `classroom.state`).
 * @typedef {{run: string, step: number, playing: boolean, rushing: boolean, share: number}} Played
 */

/**
 * An act of the opening as others follow it (see `classroom.state`): `pace` is of the share, a second.
 * @typedef {{number: number, run: string, share: number, pace: number}} Acted
 */

/**
 * Where a lecture is (see `classroom.state`).
 * @typedef {object} Lecture
 * @property {string} page
 * @property {string} query
 * @property {string | null} picture which one is large
 * @property {Played | null} playback
 * @property {import("./types.js").Target | null} highlight
 * @property {Acted | null} act of the opening
 * @property {string[]} hidden curves of theory that are switched off
 * @property {string | null} pinned the query of the run under the present one
 */

/**
 * What the server tells a browser in a room (see `classroom.room`). Hosts hear more.
 * @typedef {object} Told
 * @property {string} code
 * @property {number} version
 * @property {number} age seconds since the lecture came to this state
 * @property {Lecture} state
 * @property {"follower" | "host" | "leader"} role
 * @property {boolean} frozen whether the class is asked to look up
 * @property {string} alone where a browser computes by itself what its reader tries, below the server's address; "" while few follow
 * @property {number} [following] how many browsers follow
 * @property {boolean} led whether whoever leads is there
 * @property {Vote[]} polls on the questions of the lecture's page
 * @property {Wish[]} [wishes] what the browser that leads is asked to do
 */

/**
 * The vote on a question (see `classroom.poll`): `said` and `restored` are heard by followers, `landed`
 * and `answered` by whoever leads; counts come when they are shown, what is right with the answer.
 * @typedef {object} Vote
 * @property {string} id
 * @property {string} name of the question
 * @property {string} digest of the question
 * @property {number} round
 * @property {boolean} shown whether followers see the counts
 * @property {boolean} revealed
 * @property {boolean} closed whether no vote is taken though the answer is not shown yet
 * @property {boolean} [landed] whether the lecturer's page has shown the answer
 * @property {boolean} [restored] whether the server was restarted since it began
 * @property {(number | null)[]} [said] what this browser has said, by round
 * @property {number} [answered] in this round
 * @property {number[]} [first] votes of the first round, by option
 * @property {number[] | null} [second]
 * @property {[first: number, second: number, many: number][]} [shift] of those who voted in both
 * @property {number[] | null} [right] which options are
 * @property {string} [bound] within what
 * @property {string} [answer] in words
 */

/** A question with its votes, as hosts hear it. @typedef {import("./types.js").Asked & Vote} Polled */

/**
 * What another browser of the lecturer's asks of the one that leads (see `classroom.desk`).
 * @typedef {object} Wish
 * @property {number} number
 * @property {Command} act
 * @property {string[]} pages where it may lead to, in the lecture's order
 */

/**
 * What it may be.
 * @typedef {"previous" | "next" | "go" | "play" | "pause" | "reveal"} Command
 */

/**
 * What came of it: carried out, or there was nothing to do.
 * @typedef {"done" | "nothing"} Outcome
 */

/**
 * A page in the lecture's plan; only lessons have more than a title (see `ui.lesson.Plan`).
 * @typedef {object} Planned
 * @property {string} page
 * @property {string} title
 * @property {number} [number] of the lesson
 * @property {number} [minutes]
 * @property {string} [ask]
 * @property {string} [point]
 * @property {string} [misconception]
 * @property {string} [onward]
 */

export {};
