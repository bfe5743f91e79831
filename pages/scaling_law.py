"""Lesson 8: the loss of students of many widths, over time, over width, over budget."""

import streamlit as st

from emergence.lessons.scaling_law import figure as figures
from emergence.lessons.scaling_law.model import (
    StepSizes,
    Widths,
    compute_exponent,
    equal_widths,
    random_widths,
    tuned_exponent,
)
from emergence.lessons.scaling_law.study import FlowWidths, Measured
from emergence.lessons.scaling_law.study import P as FLOW_P
from emergence.theory.scaling import plateau_exponent, time_exponent
from emergence.ui.fields import segmented_control, select_slider, selectbox, slider
from emergence.ui.guess import guess_choice, guess_number
from emergence.ui.lesson import begin, columns, open_in_lab
from emergence.ui.picture import picture
from emergence.ui.watch import watch

VIEWS = ("time", "width", "holes", "budget", "step size")
LEVELS = ("equal starts", "random starts", "gradient flow")
P, SEEDS = 256, 6  # of the levels that need no simulation
FEW = 8  # neurons, in the question about the holes
STRONGEST, HOLES = f"the {FEW} strongest", f"{FEW}, with holes among the strong"

begin("scaling_law")
told, experiment = columns()
with told:
    view = segmented_control(
        "View", VIEWS, default=VIEWS[0], key="view", wrap=True, label_visibility="collapsed"
    )
off = view == "step size"  # of equal starts, in closed form at any J
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
flow = FlowWidths(beta, J)
simple = equal_widths(FLOW_P if level == LEVELS[2] else P, beta, J)
steps = StepSizes(beta)
exponent = time_exponent(beta) or 0.0
with told:
    slope: float | None = None
    if view in ("time", "width"):
        st.markdown(
            "A student of $m$ neurons, a teacher of $P$ directions. Each neuron learns one "
            r"direction, roughly the strong ones first, at $T_p \propto p^\beta$. After that the "
            "student is used up and its loss rests on a **plateau**:"
        )
        st.latex(r"L(m,t) \sim m^{\gamma} \vee \left(\eta t\, d^{1-J/2}\right)^{(1-2\beta)/\beta}")
        answer = guess_number(
            "scaling_law", "Double the neurons, still fewer than P: the plateaus fall as a power "
            f"of m. Which power γ, at β = {beta:g}?", -3.0, 0.0, 0.1,
        )  # fmt: skip
        answer.near(plateau_exponent(beta), 0.1, "the m strongest leave $m^{1-2\\beta}$")
        slope, revealed = answer.value, answer.revealed
        if revealed:
            st.markdown(
                r"If the m strongest are learned, $\sum_{q>m} q^{-2\beta} \sim m^{1-2\beta}$: γ = "
                rf"**{plateau_exponent(beta):.2f}**. In time $p \sim t^{{1/\beta}}$ gives the "
                rf"slope $(1-2\beta)/\beta = {exponent:.2f}$."
            )
        if revealed and view == "width":
            chance = random_widths(P, beta, J, SEEDS)
            st.markdown(
                "Random starts leave holes among the strong, so they lie above the line of the m "
                f"strongest: {chance.excess(8):.2f} times at m = 8, {chance.excess(64):.2f} at "
                f"m = 64 (ι, {SEEDS} seeds). The holes heal slowly, and until then the fit is "
                "steeper than γ."
            )
        elif revealed:
            st.markdown(
                "Fitted over p from 1.5 to a quarter of P (at least 16), with all directions "
                "beyond P added to the loss."
            )
    elif view == "holes":
        st.markdown(
            "A student with fewer neurons than directions cannot learn all. The greedy map ι says "
            r"which: the earliest $T_{p,k} \propto p^\beta / \langle\bar v_k, w_p\rangle^{J-2}$ of "
            "all pairs, then the earliest of the pairs left, until the neurons are used up."
        )
        chosen = guess_choice(
            "scaling_law_holes", f"Which directions does a student with {FEW} neurons learn?",
            [STRONGEST, HOLES,
             f"fewer than {FEW}: neurons share", "a bit of all"],
        )  # fmt: skip
        revealed = chosen.revealed
        if revealed:
            sample = random_widths(P, beta, J, SEEDS)
            missed = sample.missed(FEW)
            chosen.among(
                HOLES if missed else STRONGEST,
                f"{missed:.0%} of the {FEW} strongest are missed, over {SEEDS} seeds",
            )
            if level == LEVELS[2]:
                st.markdown(
                    "Rings: what ι predicts from the start alone. Dots: what the coupled flow has "
                    "learned in the end. Both of the first seed; the shade is the share of all. A "
                    "ring without a dot: two neurons took one direction, rarer the larger d."
                )
            st.markdown(
                f"From the first random start: **{sample.named(FEW)}**. {FEW} neurons, each on a "
                "direction of its own; but a lucky start beats strength, and a strong direction "
                r"whose good neurons are taken is missed for ever. $O(P\log P)$ neurons leave no "
                f"holes. Over {SEEDS} seeds {sample.missed(FEW):.0%} of the {FEW} strongest are "
                f"missed, and {sample.missed(64):.0%} of the 64 strongest by 64 neurons: "
                "*the m strongest* is true up to logarithms."
            )
    elif view == "budget":
        st.markdown(
            r"Computing costs $C = m\,t$. Few neurons are fast but soon used up; many are not used "
            "yet when the budget ends. For each budget there is a best width, the lower edge of "
            "all the curves."
        )
        answer = guess_number(
            "scaling_law_budget", f"Which power of C is the best loss, at β = {beta:g}?",
            -2.0, 0.0, 0.05,
        )  # fmt: skip
        answer.near(compute_exponent(beta), 0.05, "the best width just learns $p = m$ directions")
        slope, revealed = answer.value, answer.revealed
        if revealed:
            st.markdown(
                r"The best width just learns $p = m$ by $t \sim m^\beta$: $C \sim m^{1+\beta}$, "
                r"$L \sim m^{1-2\beta}$, so $L \sim C^{(1-2\beta)/(1+\beta)}$, slope "
                rf"**{compute_exponent(beta):.3f}** (the paper's β = 0.8: "
                f"{compute_exponent(0.8):.3f}). Equal starts keep it. Random starts are steeper: "
                r"wider students also start nearer, $\max_k z_k^2 \approx 2\log m$, and have fewer "
                "holes. Theory counts powers, not logarithms."
            )
    else:
        st.markdown(
            r"So far η was one number, and time $\eta t$. But SGD drowns in the noise of single "
            r"samples unless $\eta \lesssim a_p$ for every $p$ it is to learn (theory's condition; "
            "here equal starts and students wide enough). A short run can afford a larger η."
        )
        answer = guess_number(
            "scaling_law_step", f"Best η for each number of samples: the loss falls as which power "
            f"of the samples, at β = {beta:g}? (One η: {exponent:.2f}.)", -2.0, 0.0, 0.05,
        )  # fmt: skip
        answer.near(tuned_exponent(beta), 0.05, "a run that is to go far takes smaller steps")
        slope, revealed = answer.value, answer.revealed
        if revealed and steps.slope:
            st.markdown(
                r"To learn up to $p$ takes $\eta \sim a_p = p^{-\beta}$ and $t \sim p^\beta/\eta = "
                r"p^{2\beta}$ samples: $L \sim t^{(1-2\beta)/(2\beta)}$, slope "
                f"**{tuned_exponent(beta):.2f}**; drawn: {steps.slope.value:.2f}. Each single run "
                rf"(thin) falls with $(1-2\beta)/\beta = {exponent:.2f}$, steeper, but a run that "
                "is to go far starts late. Both are right: always say which is meant."
            )
    open_in_lab(flow.experiment(FEW, seed=1), f"{FEW} neurons, {FLOW_P} directions in the Live Lab")


def draw(found: Widths | None, predicted: Widths | None = None) -> None:
    """The picture of the view, with what is known."""
    axes = predicted or found or simple
    if view == "time":
        drawn = figures.over_time(axes, found, predicted, slope)
    elif view == "width":
        drawn = figures.over_width(axes, found, slope)
    elif view == "holes":
        drawn = figures.holes(axes, found, predicted, FLOW_P)
    elif view == "budget":
        drawn = figures.over_budget(axes, found, slope)
    else:
        drawn = figures.step_sizes(steps, slope, revealed)
    picture(drawn, key="scaling_picture")


def draw_measured(known: Measured | None) -> None:
    """The picture of the students integrated so far."""
    if known:
        draw(known.flow, known.predicted)
    else:
        draw(None)


with experiment:
    if not revealed or view == "step size":
        draw(None)
    elif level == LEVELS[0]:
        draw(simple)
    elif level == LEVELS[1]:
        draw(random_widths(P, beta, J, SEEDS))
    else:
        watch(flow, "scaling_flow", draw_measured)
