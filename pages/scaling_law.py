"""Lesson 8: the loss of students of many widths, over time, over width, over budget."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from emergence.lessons.scaling_law import figure as figures
from emergence.lessons.scaling_law.model import (
    StepSizes,
    Widths,
    equal_widths,
    plateau_share,
    random_widths,
    tuned_exponent,
)
from emergence.lessons.scaling_law.study import FlowWidths, Measured
from emergence.lessons.scaling_law.study import P as FLOW_P
from emergence.theory.scaling import compute_exponent, plateau_exponent, time_exponent
from emergence.ui.fields import segmented_control, select_slider, selectbox, slider
from emergence.ui.guess import ChoiceGuess, NumberGuess, guess_choice, guess_number
from emergence.ui.lesson import Column, begin, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.ui.watch import watch

EQUAL, RANDOM, FLOW = LEVELS = ("equal starts", "random starts", "gradient flow")
P, SEEDS = 256, 6  # of the levels that need no simulation
FEW = 8  # neurons, in the question about the holes
STRONGEST, HOLES = f"the {FEW} strongest", f"{FEW}, with holes among the strong"


class LawChoice(NamedTuple):
    """What the controls say: the teacher, and how its students are found."""

    beta: float
    J: int
    level: str

    @property
    def exponent(self) -> float:
        """Theory's in time."""
        return time_exponent(self.beta) or 0.0

    @property
    def flow(self) -> FlowWidths:
        """The students integrated."""
        return FlowWidths(self.beta, self.J)

    @property
    def equal(self) -> Widths:
        """Students from equal starts, of as many directions as the level has."""
        return equal_widths(FLOW_P if self.level == FLOW else P, self.beta, self.J)

    @property
    def random(self) -> Widths:
        """Students from random starts in the limit of large d."""
        return random_widths(P, self.beta, self.J, SEEDS)


def choose(experiment: Column, off: bool) -> LawChoice:
    """The teacher and its students; `off` where only the teacher's beta counts."""
    with experiment, st.container(horizontal=True):
        beta = slider("β · how fast strengths fall", 0.6, 2.0, 0.8, 0.05, key="beta")
        J = select_slider("J · information exponent", [4, 6], key="J", disabled=off)
        level = selectbox(
            "students",
            LEVELS,
            index=1,
            key="level",
            help="Equal starts: every overlap 1/√d, the m strongest learned. Random "
            f"starts: {SEEDS} seeds, matched by ι, d → ∞. Both with P = {P}, in "
            "closed form. Gradient flow: all neurons coupled, P = "
            f"{FLOW_P}, integrated while you watch.",
            disabled=off,
        )
    return LawChoice(beta, J, level)


def plateaus(chosen: LawChoice, after: Column) -> NumberGuess:
    """Why the loss rests on plateaus, and how they fall with the width."""
    st.markdown(
        "A student of $m$ neurons, a teacher of $P$ directions. Each neuron learns one "
        r"direction, roughly the strong ones first, at $T_p \propto p^\beta$. After that the "
        "student is used up and its loss rests on a **plateau**:"
    )
    st.latex(r"L(m,t) \sim m^{\gamma} \vee \left(\eta t\, d^{1-J/2}\right)^{(1-2\beta)/\beta}")
    guess = guess_number(
        "scaling_law", "Double the neurons, still fewer than P: the plateaus fall as a power "
        f"of m. Which power γ, at β = {chosen.beta:g}?", -3.0, 0.0, 0.1,
    )  # fmt: skip
    gamma = plateau_exponent(chosen.beta)
    guess.near(gamma, 0.1, "the m strongest leave $m^{1-2\\beta}$")
    if guess.revealed:
        after.markdown(
            r"If the m strongest are learned, $\sum_{q>m} q^{-2\beta} \sim m^{1-2\beta}$: γ = "
            rf"**{gamma:.2f}**. In time $p \sim t^{{1/\beta}}$ gives the "
            rf"slope $(1-2\beta)/\beta = {chosen.exponent:.2f}$."
        )
    return guess


def over_time(chosen: LawChoice, after: Column) -> NumberGuess:
    """The loss of every width over time."""
    guess = plateaus(chosen, after)
    if guess.revealed:
        after.markdown(
            "Fitted over p from 1.5 to a quarter of P (at least 16), with all directions "
            "beyond P added to the loss."
        )
    return guess


def over_width(chosen: LawChoice, after: Column) -> NumberGuess:
    """The plateaus over the width."""
    guess = plateaus(chosen, after)
    if guess.revealed:
        students = chosen.random
        after.markdown(
            "Random starts leave holes among the strong, so they lie above the line of the m "
            f"strongest: {students.excess(8):.2f} times at m = 8, {students.excess(64):.2f} at "
            f"m = 64 (ι, {SEEDS} seeds). The holes heal slowly, and until then the fit is "
            "steeper than γ."
        )
    return guess


def holes(chosen: LawChoice, after: Column) -> ChoiceGuess:
    """Which directions a narrow student learns."""
    st.markdown(
        "A student with fewer neurons than directions cannot learn all. The greedy map ι says "
        r"which: the earliest $T_{p,k} \propto p^\beta / \langle\bar v_k, w_p\rangle^{J-2}$ of "
        "all pairs, then the earliest of the pairs left, until the neurons are used up."
    )
    guess = guess_choice(
        "scaling_law_holes", f"Which directions does a student with {FEW} neurons learn?",
        [STRONGEST, HOLES,
         f"fewer than {FEW}: neurons share", "a bit of all"],
    )  # fmt: skip
    if guess.revealed:
        students = chosen.random
        missed = students.missed(FEW)
        named = ", ".join(map(str, students.learned_first(FEW)))
        guess.among(
            HOLES if missed else STRONGEST,
            f"{missed:.0%} of the {FEW} strongest are missed, over {SEEDS} seeds",
        )
        if chosen.level == FLOW:
            after.markdown(
                "Rings: what ι predicts from the start alone. Dots: what the coupled flow has "
                "learned in the end. Both of the first seed; the shade is the share of all. A "
                "ring without a dot: two neurons took one direction, rarer the larger d."
            )
        after.markdown(
            f"From the first random start: **{named}**. {FEW} neurons, each on a "
            "direction of its own; but a lucky start beats strength, and a strong direction "
            r"whose good neurons are taken is missed for ever. $O(P\log P)$ neurons leave no "
            f"holes. Over {SEEDS} seeds {students.missed(FEW):.0%} of the {FEW} strongest are "
            f"missed, and {students.missed(64):.0%} of the 64 strongest by 64 neurons: "
            "*the m strongest* is true up to logarithms."
        )
    return guess


def over_budget(chosen: LawChoice, after: Column) -> NumberGuess:
    """The best width for each budget."""
    st.markdown(
        r"Computing costs $C = m\,t$. Few neurons are fast but soon used up; many are not used "
        "yet when the budget ends. For each budget there is a best width, the lower edge of "
        "all the curves."
    )
    guess = guess_number(
        "scaling_law_budget", f"Which power of C is the best loss, at β = {chosen.beta:g}?",
        -2.0, 0.0, 0.05,
    )  # fmt: skip
    guess.near(compute_exponent(chosen.beta), 0.05, "the best width just learns $p = m$ directions")
    if guess.revealed:
        after.markdown(
            r"The best width just learns $p = m$ by $t \sim m^\beta$: $C \sim m^{1+\beta}$, "
            r"$L \sim m^{1-2\beta}$, so $L \sim C^{(1-2\beta)/(1+\beta)}$, slope "
            rf"**{compute_exponent(chosen.beta):.3f}** (the paper's β = 0.8: "
            f"{compute_exponent(0.8):.3f}). Equal starts keep it. Random starts are steeper: "
            r"wider students also start nearer, $\max_k z_k^2 \approx 2\log m$, and have fewer "
            "holes. Theory counts powers, not logarithms."
        )
    return guess


def step_sizes(chosen: LawChoice, after: Column) -> NumberGuess:
    """The best step size for each number of samples."""
    st.markdown(
        r"So far η was one number, and time $\eta t$. But SGD drowns in the noise of single "
        r"samples unless $\eta \lesssim a_p$ for every $p$ it is to learn (theory's condition; "
        "here equal starts and students wide enough). A short run can afford a larger η."
    )
    guess = guess_number(
        "scaling_law_step", f"Best η for each number of samples: the loss falls as which power "
        f"of the samples, at β = {chosen.beta:g}? (One η: {chosen.exponent:.2f}.)", -2.0, 0.0, 0.05,
    )  # fmt: skip
    guess.near(tuned_exponent(chosen.beta), 0.05, "a run that is to go far takes smaller steps")
    slope = StepSizes(chosen.beta).slope
    if guess.revealed and slope:
        after.markdown(
            r"To learn up to $p$ takes $\eta \sim a_p = p^{-\beta}$ and $t \sim p^\beta/\eta = "
            r"p^{2\beta}$ samples: $L \sim t^{(1-2\beta)/(2\beta)}$, slope "
            f"**{tuned_exponent(chosen.beta):.2f}**; drawn: {slope.value:.2f}. Each single run "
            rf"(thin) falls with $(1-2\beta)/\beta = {chosen.exponent:.2f}$, steeper, but a run "
            "that is to go far starts late. Both are right: always say which is meant."
        )
    return guess


VIEWS: dict[str, Callable[[LawChoice, Column], NumberGuess | ChoiceGuess]] = {
    "time": over_time,
    "width": over_width,
    "holes": holes,
    "budget": over_budget,
    "step size": step_sizes,
}


def draw(students: Widths | None, predicted: Widths | None = None) -> None:
    """The picture of the view: the students, beside those that theory predicts."""
    axes = predicted or students or chosen.equal
    slope = guess.value if isinstance(guess, NumberGuess) else None
    if view == "time":
        drawn = figures.over_time(axes, students, predicted, slope)
    elif view == "width":
        drawn = figures.over_width(axes, students, slope)
    elif view == "holes":
        drawn = figures.holes(axes, students, predicted, FLOW_P)
    elif view == "budget":
        drawn = figures.over_budget(axes, students, slope)
    else:
        drawn = figures.step_sizes(StepSizes(chosen.beta), slope, guess.revealed)
    picture(drawn, key="scaling_picture", revealed=guess.revealed)


def draw_measured(measured: Measured | None) -> None:
    """The picture of the students integrated so far."""
    if measured:
        draw(measured.flow, measured.predicted)
    else:
        draw(None)


TASK = Task(
    r"$P \to \infty$, $\beta = 0.8$: find the number of neurons whose plateau lies at a tenth of "
    "that of one neuron.",
    1, 100_000, lambda m: 100 * plateau_share(int(m), 0.8), (9.9, 10.1),
    "the plateau lies at {} % of it", whole=True,
)  # fmt: skip

begin("scaling_law")
words, experiment, after = part()
with words:
    view = segmented_control(
        "View", list(VIEWS), default="time", key="view", wrap=True, label_visibility="collapsed"
    )
off = view == "step size"  # of equal starts, in closed form at any J
chosen = choose(experiment, off)
with words:
    guess = VIEWS[view](chosen, after)
with after:
    open_in_lab(chosen.flow.experiment(FEW, seed=1),
                f"{FEW} neurons, {FLOW_P} directions in the Live Lab")  # fmt: skip
with experiment:
    if off or not guess.revealed:
        draw(None)
    elif chosen.level == EQUAL:
        draw(chosen.equal)
    elif chosen.level == RANDOM:
        draw(chosen.random)
    else:
        watch(chosen.flow, "scaling_flow", draw_measured)
with after:
    finish("scaling_law", TASK)
