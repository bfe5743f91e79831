// @ts-check
// After the lecture, or during it: the counted votes of all questions, and the same as a file.

import { summary } from "./channel.js";
import { csv, plain, voted } from "./counted.js";
import { part } from "./dom.js";
import { spelled } from "./following.js";
import { member, present } from "./membership.js";
import { kept } from "./record.js";
import { BASE } from "./root.js";
import { titled } from "./sees.js";
import { picture } from "./votes.js";

/** @typedef {import("./lecture_types.js").Polled} Polled */

const NOTHING = "This tab has no votes of a lecture. Press Summary in the bar of the browser that led the room.";

const main = part(document, "main", HTMLElement);
/** @type {Record<string, import("./lecture_types.js").Planned>} */
const titles = JSON.parse(main.dataset.titles ?? "{}");
/** @param {string} page */
const name = (page) => titled(titles[page]) || page;

/** What is known: of the room that this tab leads, or else of the last that is over. */
async function known() {
  const who = present();
  if (who?.secret) {
    try {
      const { polls } = await summary(BASE, member(who.code, who.secret));
      return { code: who.code, at: new Date().toISOString(), polls: voted(polls) };
    } catch {
      // the room is over, or the server does not answer
    }
  }
  return kept();
}

/** @param {Polled} poll */
function section(poll) {
  const element = document.createElement("section");
  const heading = Object.assign(document.createElement("h2"), { textContent: plain(poll.text) });
  heading.prepend(Object.assign(document.createElement("small"), { textContent: name(poll.page) }));
  element.append(heading);
  if (poll.answer) {
    const within = poll.bound ? ` (right: ${poll.bound})` : "";
    element.append(Object.assign(document.createElement("p"), { textContent: `It is ${poll.answer}${within}.` }));
  }
  element.insertAdjacentHTML("beforeend", picture(poll, { ...poll, shown: true }));
  return element;
}

async function show() {
  const lecture = await known();
  const says = part(main, ".says", HTMLElement);
  if (!lecture) {
    says.textContent = NOTHING;
    return;
  }
  const { code, at, polls } = lecture;
  const day = at.slice(0, 10);
  says.textContent = polls.length
    ? `Room ${spelled(code)}, ${day}. Counts only: who said what is nowhere kept.`
    : `Room ${spelled(code)}, ${day}: nobody has voted yet.`;
  part(main, ".polls", HTMLElement).replaceChildren(...polls.map(section));
  part(main, ".acts", HTMLElement).hidden = !polls.length;
  const link = part(main, ".csv", HTMLAnchorElement);
  link.href = URL.createObjectURL(new Blob(["\ufeff", csv(polls, name)], { type: "text/csv" })); // spreadsheets ask for the mark
  link.download = `emergence-lab-${code}-${day}.csv`;
  part(main, "button", HTMLButtonElement).addEventListener("click", () => window.print());
}

show();
