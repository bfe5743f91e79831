"""Lesson 7: the theorem's assumptions and conclusions, held against runs in growing dimension."""

from typing import NamedTuple

import streamlit as st

from emergence.experiment import Experiment
from emergence.lessons.theorem import figure as figures
from emergence.lessons.theorem.model import assumptions
from emergence.lessons.theorem.study import (
    SMALL_START,
    TRIALS,
    Emergence,
    EmergenceTimes,
    Outcomes,
    Spread,
    agreement,
    constant,
    constants,
    diverging,
    spreads,
    unseen,
    unused,
)
from emergence.theory.times import inverse_time_constant
from emergence.ui.fields import segmented_control, select_slider, step_size
from emergence.ui.guess import NumberGuess, guess_number
from emergence.ui.lesson import Column, Places, begin, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.table import table
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

DIMENSIONS = (64, 256, 1024, 4096, 16384, 65536, 262144, 1000000)
LIMITS = (DIMENSIONS[0], DIMENSIONS[-1])
STARTS = (1, 2, 3, 4)
S0 = 0.01
SEARCHED_DEGREES = (4, 6, 8)
TIMES, UNUSED, MAP, CONSTANT = VIEWS = ("times", "unused", "matching", "constant")
ASSUMPTIONS = {
    "sharp": "$J$, for sharp transitions",
    "even": r"odd terms of $\sigma$",
    "orthonormal": "$P$ orthonormal $w_p$, in $d$",
    "width": r"$m / (P \log P)$",
    "dimension": "$d / P^2$",
    "search": r"$\eta$: noise / signal in search",
    "stable": r"$\eta$ / mean-square bound",
    "small": "$s_0$: $m s_0^2 / a_P$",
}


class Question(NamedTuple):
    """What is looked at: the experiment at d, its runs under flow and SGD, and how long they go.

    horizon : their end, in units of the last T_p
    """

    here: Experiment
    horizon: float

    @property
    def flow(self) -> Experiment:
        """The same under gradient flow."""
        return self.here.replace(engine="flow", c=1.0, horizon=self.horizon)

    @property
    def starts(self) -> EmergenceTimes:
        """All seeds and dimensions under flow, the asked-for d first, and some of SGD."""
        dimensions = sorted(DIMENSIONS, key=lambda d: d != self.here.d)
        sgd = self.here.replace(horizon=self.horizon)
        return EmergenceTimes(
            (
                *(self.flow.replace(d=d, seed=seed) for d in dimensions for seed in STARTS),
                *(sgd.replace(d=d, seed=seed) for d in (64, 128) for seed in STARTS[:2]),
            )
        )

    @property
    def until(self) -> str:
        """The end of the runs in words."""
        return f"{self.horizon:g} times the last $T_p$"


def choose(experiment: Column, off: bool) -> Question:
    """The experiment looked at; `off` where there is nothing to choose."""
    with experiment, st.container(horizontal=True):
        J = select_slider("J", [2, 3, 4, 6], value=4, key="J", disabled=off)
        P = select_slider("P", [4, 8, 16], value=8, key="P", disabled=off)
        m = select_slider("m · neurons", [4, 8, 16, 32, 64], value=32, key="m", disabled=off)
        d = select_slider("d looked at", DIMENSIONS, value=4096, key="d", disabled=off)
        c = step_size([0.02, 0.05, 0.1, 0.2, 0.5, 2.0], 0.1, d, J / 2, key="c", disabled=off)
    return Question(Experiment(J=J, P=P, m=m, d=d, c=c, s0=S0, engine="sgd"), 2.0 if J > 2 else 8.0)


# The constant in front of the time.


def constant_view(question: Question, place: Places) -> None:
    """What stands in front of a T o^(J-2): one neuron and one direction, measured."""
    pairs = EmergenceTimes(
        tuple(
            Experiment(J=degree, P=1, m=1, d=d, seed=seed, s0=S0, engine="flow")
            for seed in (1, 2, 3, 4, 5, 6)
            for d in (1024, 64, 256, 4096, 16384)  # first one whose overlaps are small
            for degree in SEARCHED_DEGREES
        )
    )
    with place.words:
        st.latex(r"T_p = \frac{1}{J(J-2)\, a_p\, \langle \bar v_k, w_p\rangle^{J-2}}")
        st.markdown(
            "The slides write 8, for $J = 4$. One neuron, one direction, gradient flow: measure "
            "the time $T$ at which $u = 1/2$, and see what $1 / (a\\,T\\,o^{J-2})$ is."
        )
        guess = guess_number("theorem_constant", "It is 8 for J = 4. What is it for J = 6?",
                             4.0, 64.0, 1.0)  # fmt: skip
    with place.answer:
        answer = st.empty()
        open_a_run(question)

    def draw(outcomes: Outcomes | None) -> None:
        runs = outcomes.runs if outcomes else ()
        picture(figures.constants(runs, guess.value), key="theorem_picture",
                revealed=guess.revealed)  # fmt: skip
        answer.markdown(measured_constants(outcomes) if outcomes else "")
        measured = constant(runs, 6)
        if measured is None:
            guess.wait()
        else:
            guess.near(measured, 2, "measured from small overlaps; theory says $J(J-2)$")

    with place.experiment:
        watch(pairs, "theorem", draw, guess.revealed)


def measured_constants(outcomes: Outcomes) -> str:
    """The measured constants beside J (J-2)."""
    parts = []
    for degree in SEARCHED_DEGREES:
        value, count = constant(outcomes.runs, degree), len(constants(outcomes.runs, degree))
        if value is not None:
            parts.append(f"**{value:.2f}** for J = {degree} ({plural(count, 'start')}, theory "
                         f"{inverse_time_constant(degree)})")  # fmt: skip
    late = f" Left out as too long: {plural(len(outcomes.left_out), 'pair')}."
    return (
        f"Measured, medians over the starts with overlap below {SMALL_START}: " + ", ".join(parts)
        + "." + (late if outcomes.left_out else "")
    )  # fmt: skip


# The theorem itself.


def theorem_view(view: str, question: Question, place: Places) -> None:
    """The assumptions, checked, and one of the conclusions, measured over growing d."""
    here, d = question.here, question.here.d
    with place.words:
        st.markdown(
            r"**Theorem** (Ren et al. 2025). If all that is listed holds, then **(a)** the neurons "
            r"$\iota$ leaves out stay small; **(b)** neuron $\iota(p)$ finds direction $p$ at "
            r"$(1 \pm o(1))\, T_p$ as $d \to \infty$. $T_p$ and $\iota$ are known from the start "
            "alone."
        )
        guess = guess_number(
            "theorem", f"At d = {d:,}, within how many percent of $T_p$ do 8 of 10 directions "
            "emerge?", 0.0, 50.0, 1.0, " %",
        )  # fmt: skip
    with place.answer:
        answer = st.empty()
        st.markdown(checklist(here))
        st.caption(
            "The theorem is about $d → ∞$ and wants the small things small “up to polynomials in "
            "P and κ”. What is wanted here are rules of thumb at classroom size."
        )
        open_a_run(question)

    def draw(outcomes: Outcomes | None) -> None:
        runs = outcomes.runs if outcomes else ()
        if view == TIMES:
            figure = figures.times(runs, d, guess.value, LIMITS)
        elif view == UNUSED:
            figure = figures.unused(runs, d, LIMITS)
        else:
            figure = figures.matching_map(runs, d, LIMITS)
        picture(figure, key="theorem_picture", revealed=guess.revealed)
        answer.markdown(conclusion(view, question, outcomes) if outcomes else "")
        judge(question, guess, outcomes or Outcomes())

    with place.experiment:
        watch(question.starts, "theorem", draw, guess.revealed)


def checklist(e: Experiment) -> str:
    """The assumptions as a table: whether each holds, and by how much."""
    rows = [
        (":green[**✓**]" if check.holds else ":red[**✗**]", ASSUMPTIONS[check.name],
         number(check.value), f"{'≥' if check.least else '≤'} {check.limit:,g}")
        for check in assumptions(e)
    ]  # fmt: skip
    return table(("", "assumption", "here", "wanted"), rows, "clrl")


def number(value: float) -> str:
    """Three digits, or whole."""
    return (f"{value:,.0f}" if value >= 100 else f"{value:.3g}").replace("inf", "∞")


def percent(share: float) -> str:
    """In whole percent, in tenths below ten."""
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"


def conclusion(view: str, question: Question, outcomes: Outcomes) -> str:
    """What the runs say of the conclusion looked at."""
    d = question.here.d
    at_d = runs_at(outcomes, d)
    if not at_d:
        return f"Nothing is known at d = {d:,} yet." + missing(outcomes, d)
    runs = f"At d = {d:,}, over {plural(len(at_d), 'start')}"
    if view == UNUSED:
        text = runs + unused_neurons(question, at_d)
    elif view == MAP:
        text = runs + matched_directions(question, at_d)
    else:
        return runs + about_times(question, outcomes, at_d)
    return text + missing(outcomes, d)


def unused_neurons(question: Question, at_d: tuple[Emergence, ...]) -> str:
    """Conclusion (a): the neurons that iota leaves out."""
    left_out = unused(at_d)
    if not left_out.count:
        return f": ι leaves no neuron out of {question.here.m}."
    return (
        f", ι leaves {plural(left_out.count, 'neuron')} out. When the run ends, at "
        f"{question.until}, larger than at the start: {left_out.grown}, the largest "
        f"**{left_out.largest:.2g} $s_0$**. "
        + ("Those share in a direction and grow with it. " if left_out.grown else "")
        + "One that nothing "
        r"pulls shrinks by its own part in the error, $|v| = s_0/\sqrt{1 + 4 s_0^2 \tau}$ "
        "(dotted)."
    )


def matched_directions(question: Question, at_d: tuple[Emergence, ...]) -> str:
    """Conclusion (b): which neuron finds a direction."""
    agree, of = agreement(at_d)
    lost = unseen(at_d)
    return (
        f", found by the very neuron ι(p) that the start names: **{agree} of "
        f"{plural(of, 'direction')}**"
        + (f"; {lost} of the {of} had not emerged by {question.until}." if lost else ".")
    )


def about_times(question: Question, outcomes: Outcomes, at_d: tuple[Emergence, ...]) -> str:
    """Conclusion (b): when a direction is found, under flow and under SGD."""
    here = question.here
    spread = next(iter(spreads(at_d)), None)
    if not spread:
        return ", theory names no time." + missing(outcomes, here.d)
    text = f", {closeness(here, spread)}."
    first = spreads(runs_at(outcomes, LIMITS[0]))
    if first and here.d != LIMITS[0]:
        text += f" At d = {LIMITS[0]}: {closeness(here, first[0])}."
    low, middle, high = (f"{end:.3f}" if end < float("inf") else "never"
                         for end in (spread.low, spread.median, spread.high))  # fmt: skip
    text += (
        f" From the 10 % to the 90 % quantile crossing / $T_p$ goes from {low} to {high}, "
        f"median {middle} (flow, discs; looked for at moments 0.1 % apart, until {question.until})."
    )
    if here.m < here.P:
        without = plural(here.P - here.m, "direction")
        text += f" Without a neuron, hence without $T_p$ and not counted: {without}."
    text += missing(outcomes, here.d)
    sgd = sgd_runs(outcomes)
    if sgd:
        late = sum(each.never for each in spreads(sgd))
        text += (
            f" SGD (diamonds, d = 64 and 128, {plural(len(sgd), 'run')}) adds the noise of samples"
            + (f"; {late} of their directions did not emerge." if late else ".")
        )
    return text + missing(outcomes)


def closeness(here: Experiment, spread: Spread) -> str:
    """How near to T_p 8 of 10 directions emerge, those that never do included."""
    those = "directions" if here.m >= here.P else "directions with a neuron"
    if spread.within == float("inf"):
        return (f"fewer than 8 of 10 {those} emerge at all: {spread.never} of {spread.named} "
                "never do")  # fmt: skip
    return f"8 of 10 {those} keep within **{percent(spread.within)}** of $T_p$" + (
        f" ({spread.never} of {spread.named} never emerge, and count as infinitely late)"
        if spread.never else ""
    )  # fmt: skip


def runs_at(outcomes: Outcomes, d: int) -> tuple[Emergence, ...]:
    """The runs of flow in d dimensions."""
    return tuple(each for each in outcomes.runs
                 if not each.experiment.is_sgd and each.experiment.d == d)  # fmt: skip


def sgd_runs(outcomes: Outcomes) -> tuple[Emergence, ...]:
    """All runs of SGD."""
    return tuple(each for each in outcomes.runs if each.experiment.is_sgd)


def missing(outcomes: Outcomes, d: int | None = None) -> str:
    """What was left out and what diverged: of flow in d dimensions, or (None) of SGD."""
    runs = sgd_runs(outcomes) if d is None else runs_at(outcomes, d)
    reasons = [why for e, why in outcomes.left_out if (e.is_sgd if d is None
               else not e.is_sgd and e.d == d)]  # fmt: skip
    text = f" Left out: {plural(len(reasons), 'start')}, {reasons[0]}." if reasons else ""
    diverged = sum(each.diverged for each in runs)
    return text + (f" {plural(diverged, 'run')} diverged: what they had not found counts as never."
                   if diverged else "")  # fmt: skip


def judge(question: Question, guess: NumberGuess, outcomes: Outcomes) -> None:
    """The verdict, from the first start at d on."""
    d = question.here.d
    at_d = runs_at(outcomes, d)
    late = sum(not e.is_sgd and e.d == d for e, _ in outcomes.left_out)
    spread = next(iter(spreads(at_d)), None)
    known = plural(len(at_d), "start")
    if spread:
        more = "" if len(at_d) + late == len(STARTS) else ", the others follow"
        guess.about(100 * spread.within, 2, f"over {known} at d = {d:,}{more}")
    elif len(at_d) + late < len(STARTS):
        guess.wait(f"It is being computed: {known} known.")
    else:
        why = "all starts were left out" if late else "theory names no time here"
        guess.wait(f"There is nothing to compare it with: {why}.")


def open_a_run(question: Question) -> None:
    """The Live Lab with the first start."""
    open_in_lab(question.flow.replace(seed=STARTS[0]), "One of these runs in the Live Lab")


TASK = Task(
    f"Find the $c$ where it diverges: {plural(len(TRIALS), 'run')} of SGD ($P = 4$, $m = 8$, "
    "$d = 32$, other seeds), of which 3 to 5 are to diverge. Your answer starts them.",
    0.05, 10.0, diverging, (3, 5), f"{{}} of {plural(len(TRIALS), 'run')} diverge",
)  # fmt: skip

begin("theorem")
place = part()
with place.words:
    view = segmented_control("Held against experiments", VIEWS, default=TIMES, key="view")
question = choose(place.experiment, off=view == CONSTANT)
if view == CONSTANT:
    constant_view(question, place)
else:
    theorem_view(view, question, place)
with place.answer:
    finish("theorem", TASK)
