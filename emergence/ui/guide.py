"""The teacher's guide: an overview, and for each lesson its guide, a worksheet and the answers."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import segno
import streamlit as st

from emergence.classroom.teaching import GRADES, Exercise, Guide
from emergence.lessons.budget.guide import GUIDE as BUDGET
from emergence.lessons.idealised_dynamics.guide import GUIDE as IDEALISED_DYNAMICS
from emergence.lessons.link_functions.guide import GUIDE as LINK_FUNCTIONS
from emergence.lessons.many_neurons.guide import GUIDE as MANY_NEURONS
from emergence.lessons.mirage.guide import GUIDE as MIRAGE
from emergence.lessons.one_neuron.guide import GUIDE as ONE_NEURON
from emergence.lessons.parity.guide import GUIDE as PARITY
from emergence.lessons.puzzle.guide import GUIDE as PUZZLE
from emergence.lessons.quadratic.guide import GUIDE as QUADRATIC
from emergence.lessons.scaling_law.guide import GUIDE as SCALING_LAW
from emergence.lessons.sharp_transitions.guide import GUIDE as SHARP_TRANSITIONS
from emergence.lessons.takeaways.guide import GUIDE as TAKEAWAYS
from emergence.lessons.tensor_power.guide import GUIDE as TENSOR_POWER
from emergence.lessons.theorem.guide import GUIDE as THEOREM
from emergence.lessons.why_not_exp_kappa.guide import GUIDE as WHY_NOT_EXP_KAPPA
from emergence.ui import address
from emergence.ui.browser import style
from emergence.ui.fields import segmented_control, selectbox
from emergence.ui.lesson import GUIDE_PAGE
from emergence.ui.table import table
from emergence.ui.talk import LESSONS, Lesson

GUIDES: dict[str, Guide] = {
    "puzzle": PUZZLE,
    "link_functions": LINK_FUNCTIONS,
    "one_neuron": ONE_NEURON,
    "idealised_dynamics": IDEALISED_DYNAMICS,
    "many_neurons": MANY_NEURONS,
    "why_not_exp_kappa": WHY_NOT_EXP_KAPPA,
    "theorem": THEOREM,
    "scaling_law": SCALING_LAW,
    "sharp_transitions": SHARP_TRANSITIONS,
    "takeaways": TAKEAWAYS,
    "mirage": MIRAGE,
    "quadratic": QUADRATIC,
    "parity": PARITY,
    "budget": BUDGET,
    "tensor_power": TENSOR_POWER,
}
"""By the slug of the lesson."""
OVERVIEW = "overview"
WHOLE, WORKSHEET, ANSWERS = SHEETS = ("guide", "worksheet", "answers")

LIVE_LAB = (
    "The Live Lab shows one run, from the start to its end. Ask before you press play: which "
    "direction comes first, and when? “Predict” asks the class just that, and marks the guesses "
    "in the pictures. Then let it run once without a word, and a second time with pauses at the "
    "jumps: at each, point at the predicted $T_p$, at the step in the loss, at the neuron that "
    "$\\iota$ has named. Let the class say what to change: another seed, fewer neurons than "
    "directions, $J = 2$. *What many think:* that the loss on the screen is noisy because SGD is. "
    "It is the population loss of the student of that moment, in closed form; only the way there "
    "is random."
)
SCALING_LAB = (
    "The Scaling Lab repeats a run over a grid of settings and seeds, and fits an exponent. Ask "
    "for the exponent first. Point at the interval: it is over seeds. *What many think:* that a "
    "straight line in log–log proves a law. Finitely many directions bend it, and the window of "
    "the fit is part of the result; the page says which it is. A sweep may take minutes: start it "
    "before the lecture, its points are kept."
)
CLASSROOM = (
    "1. Start the server so that the class can reach it (the README says how), and press "
    "**Teach**: the card has a code and a QR code. Browsers that join show what yours shows, "
    "until their readers touch something.\n"
    "2. Open **Desk** on a second screen, or the lead link on a phone: it has the plan of each "
    "lesson, and a remote control. This guide is yours alone: followers stay on the page before.\n"
    "3. Every first guess is a vote. Wait for it, show the histogram, let neighbours talk, vote "
    "again, and only then show the answer. Ask somebody who was wrong for the reason; it is often "
    "the misconception that stands here.\n"
    "4. *Eyes up here* dims the screens of the class while you speak. At the end *Summary* has "
    "all votes, counted, without names.\n"
    "5. Give each group one worksheet. Its QR codes open the settings; everything can be answered "
    "with the page open. Grades: *read off* takes a minute, *compute* five, *think* a discussion."
)


def show() -> None:
    """The page, as its address says."""
    visit = address.arrive(GUIDE_PAGE.stem)
    st.html(style("guide.css"))
    with st.container(key="guide"):
        with st.container(key="guide_head"):
            st.title("For teachers", anchor=False)
            visit.place = st.empty()
            visit.notify()
            with st.container(horizontal=True, vertical_alignment="bottom"):
                slug = selectbox("Lesson", (OVERVIEW, *GUIDES), key="lesson", format_func=_title,
                                 width=420)  # fmt: skip
                if slug != OVERVIEW:
                    sheet = segmented_control("Sheet", SHEETS, default=WHOLE, key="sheet")
        if slug == OVERVIEW:
            _overview()
        else:
            [number] = [i for i, lesson in enumerate(LESSONS) if lesson.slug == slug]
            lesson, guide = LESSONS[number], GUIDES[slug]
            {WHOLE: _guide, WORKSHEET: _worksheet, ANSWERS: _answers}[sheet](lesson, guide)


def _title(slug: str) -> str:
    """An entry of the list of lessons."""
    for number, lesson in enumerate(LESSONS, 1):
        if lesson.slug == slug:
            return f"{number} · {lesson.title}"
    return "Overview, and how to lead a class"


def _overview() -> None:
    """All lessons with their aims and minutes; the labs; how to lead a class."""
    st.header("The lecture", anchor=False)
    rows = [
        (str(number), f"**{lesson.title}** · {GUIDES[lesson.slug].aim}", str(lesson.plan.minutes))
        for number, lesson in enumerate(LESSONS, 1)
    ]  # fmt: skip
    total = sum(lesson.plan.minutes for lesson in LESSONS)
    st.markdown(table(("", "lesson and its aim", "minutes"),
                      [*rows, ("", "**all lessons**", f"**{total}**")], "rlr"))  # fmt: skip
    st.markdown(
        "Each lesson has a **guide**, a **worksheet** of one page and its **answers**: choose "
        "above, and print with the browser; what is chosen is what is printed. Every result in an "
        "answer is computed by the lab's own code."
    )
    for title, text in (("How to lead a class", CLASSROOM), ("The Live Lab", LIVE_LAB),
                        ("The Scaling Lab", SCALING_LAB)):  # fmt: skip
        st.header(title, anchor=False)
        st.markdown(text)


def _guide(lesson: Lesson, guide: Guide) -> None:
    """All that a teacher needs of a lesson."""
    plan = lesson.plan
    st.header(_title(lesson.slug), anchor=False)
    st.markdown(f"**{plan.minutes} minutes.** {guide.aim} *To remember:* {lesson.remember}")
    st.page_link(lesson.path, label="Open the lesson", icon=":material/arrow_forward:")
    st.subheader("Ask", anchor=False)
    st.markdown(plan.ask)
    st.subheader("Point at", anchor=False)
    st.markdown(plan.point)
    st.subheader("What many think", anchor=False)
    others = [f"“{each.thought}” {each.answer}" for each in guide.misconceptions]
    st.markdown("\n".join(f"- {each}" for each in (plan.misconception, *others)))
    st.subheader("What leads on", anchor=False)
    st.markdown(plan.onward)
    st.subheader("Exercises, with answers", anchor=False)
    for number, exercise in enumerate(guide.exercises, 1):
        with st.container(key=f"exercise_{number}"):
            st.markdown(_question(number, exercise))
            _link(lesson, exercise)
            st.markdown(f"**Answer.** {exercise.answered}")


def _worksheet(lesson: Lesson, guide: Guide) -> None:
    """One page to write on: the exercises without their answers."""
    with st.container(key="worksheet"):
        _head(lesson, "Worksheet")
        for number, exercise in enumerate(guide.exercises, 1):
            with st.container(key=f"exercise_{number}"):
                st.markdown(_question(number, exercise))
                st.html(_code(lesson, exercise))
                _link(lesson, exercise)
                st.html('<div class="guide-line"></div>' * exercise.lines)


def _answers(lesson: Lesson, guide: Guide) -> None:
    """The answers to the worksheet, on a sheet of their own."""
    _head(lesson, "Answers")
    for number, exercise in enumerate(guide.exercises, 1):
        with st.container(key=f"exercise_{number}"):
            st.markdown(_question(number, exercise))
            st.markdown(f"**Answer.** {exercise.answered}")


def _head(lesson: Lesson, kind: str) -> None:
    """The head of a sheet of paper."""
    st.header(f"{kind} · {_title(lesson.slug)}", anchor=False)
    if kind == "Worksheet":
        st.html('<div class="guide-name"><span>Name</span><span>Date</span></div>')


def _question(number: int, exercise: Exercise) -> str:
    return f"**{number}. {GRADES[number - 1].capitalize()}.** {exercise.asks}"


def _link(lesson: Lesson, exercise: Exercise) -> None:
    """The way to an exercise's setting, which on paper is its address."""
    st.page_link(lesson.path, label="Open this setting", icon=":material/arrow_forward:",
                 query_params=dict(exercise.setting))  # fmt: skip
    st.html(f'<div class="guide-address">{escape(_address(lesson, exercise))}</div>')


def _address(lesson: Lesson, exercise: Exercise) -> str:
    """The address of an exercise's setting, as a browser of the class finds this server."""
    here = (st.context.url or "").partition("?")[0].rpartition("/")[0]
    query = urlencode(exercise.setting)
    return f"{here}/{lesson.slug}" + (f"?{query}" if query else "")


def _code(lesson: Lesson, exercise: Exercise) -> str:
    """The same as a QR code: an image, for Streamlit's own HTML takes no drawing."""
    code = segno.make(_address(lesson, exercise), error="l", micro=False)
    return (
        f'<img class="guide-code" alt="QR code of the setting" '
        f'src="{code.svg_data_uri(border=2, dark="black", light="white", omitsize=True)}">'
    )
