"""Lesson 4: one neuron for each direction, from its equation to the power law in five steps."""

import streamlit as st

from emergence.experiment import Experiment
from emergence.lessons.idealised_dynamics import figure as figures
from emergence.lessons.idealised_dynamics.model import (
    MOST_PAIRS,
    RANDOM,
    SEED,
    SEEDS,
    Idealised,
    Start,
    mean_slopes,
)
from emergence.theory.fits import Slope
from emergence.ui.fields import segmented_control, select_slider, slider
from emergence.ui.guess import answered, guess_number
from emergence.ui.lesson import begin, columns, open_in_lab
from emergence.ui.picture import picture
from emergence.words import plural

STEPS = ("one pair", "its time", "the sum", "p → t", "power law")
STARTS: tuple[Start, ...] = ("equal", *RANDOM)
MANY = 16  # directions that make a law of which something can be said
SHARE = 0.9  # of the wait, over when the question is asked


def scatter(model: Idealised) -> str:
    """What random overlaps do to the times."""
    if model.J == 1:
        return "Random overlaps hardly scatter them at J = 1."
    lone = ("may start on the wrong side, as half of all do (J is odd), and never arrive"
            if model.J % 2 else "may start near $u = 0$ and wait very long")  # fmt: skip
    return (
        f"Random overlaps scatter around the line: a neuron assigned beforehand {lone}; where "
        r"$\iota$ chooses among many this is rare."
    )


def stretched(beta: float) -> str:
    """What the change of variables does to the axis (a decade is as long in both pictures)."""
    if beta == 1:
        return "at β = 1 the axis stays as it is (try another β), and so does the slope:"
    return (f"the axis {'stretches' if beta > 1 else 'shrinks'} by the factor β = {beta:g}, and "
            "the slope becomes")  # fmt: skip


def interval(fit: Slope, start: Start) -> str:
    """What the interval of a fitted slope is."""
    if fit.ci:
        return (f"95 % interval {fit.ci[0]:.3f} to {fit.ci[1]:.3f}: among such random starts, 95 "
                "of 100 come as near to theory as that")  # fmt: skip
    return "no interval: " + ("nothing is random here" if start == "equal" else
                              "too many such starts have no slope")  # fmt: skip


def averages(model: Idealised) -> str:
    """Mean slopes over many random starts: assigned beforehand, or chosen by iota."""
    slopes = mean_slopes(model.P, model.beta, model.J, model.d)
    said = {"one random neuron each": "one random neuron assigned to each direction beforehand",
            "greedy ι, m = P": "ι choosing among P random neurons",
            "best of P log P": "ι choosing among P log P"}  # fmt: skip
    parts = [
        f"**{slopes[start][0]:.3f}** with {what}"
        + (f" ({plural(slopes[start][1], 'start')} with one)" if slopes[start][1] < SEEDS else "")
        for start, what in said.items() if start in slopes
    ]  # fmt: skip
    if not parts:
        return ""
    text = f"\n\nMean slope over {SEEDS} random starts: " + "; ".join(parts) + ". "
    if model.J <= 2 or model.P < MANY:
        return text
    wait = -1 / (model.J - 2)
    spoilt = (
        "half of them start on the wrong side (J is odd), and what they should learn stays"
        if model.J % 2 else
        f"those near $u = 0$ hold the loss up, on average like $t^{{-1/(J-2)}} = t^{{{wait:.2g}}}$"
        if wait > model.exponent else "those near $u = 0$ come late"
    )  # fmt: skip
    off = [f"{abs(slopes[start][0] / model.exponent - 1):.0%}" for start in RANDOM[1:]]
    return text + (
        f"Assigning beforehand is what spoils the law: {spoilt}. With ι the same number of "
        f"neurons comes within {off[0]} of theory, P log P within {off[1]}."
    )


begin("idealised_dynamics")
words, experiment = columns()
shown = answered("idealised")
with words:
    told = st.container()
    step = segmented_control(
        "Steps",
        STEPS,
        default=STEPS[0],
        key="step",
        label_visibility="collapsed",
        wrap=True,
        disabled=not shown,
    )
step = step if shown else STEPS[0]
alone = step == STEPS[0]  # of direction 1, whose strength is 1
with experiment, st.container(horizontal=True):
    P = select_slider("P · directions", [1, 2, 4, 8, 16, 32, 64, 128, 256], value=64, key="P",
                      disabled=alone)  # fmt: skip
    beta = slider("β · how fast strengths fall", 0.6, 2.0, 1.5, 0.05, key="beta", disabled=alone)
    J = select_slider("J · information exponent", [1, 2, 3, 4, 6], value=4, key="J")
    d = select_slider("d · dimension", [1024, 4096, 16384, 65536], key="d")
with told:
    st.markdown(
        "Give each direction its own neuron and forget that neurons interact. Then a pair is two "
        r"numbers, $u = \langle\bar v, w_p\rangle^2$ and $|v|^2$, and two equations:"
    )
    st.latex(
        r"\begin{aligned}\tfrac{du}{d\tau} &= 2 J a_p u^{J/2}(1-u)\\"
        r"\tfrac{d|v|^2}{d\tau} &= 4 |v|^2 (a_p u^{J/2} - |v|^2)\end{aligned}"
    )
    one = Idealised(P, beta, J, d)
    guess = guess_number(
        "idealised", f"u starts at 1/d = {1 / d:.2g}. It has been learned, say, at u = 1/2. How "
        f"large is u when {SHARE:.0%} of the time until then is over?", 0.0, 0.5, 0.01,
    )  # fmt: skip
    left = one.u_after(SHARE)
    guess.near(
        left, 0.02,
        f"learning hides for {SHARE:.0%} of the time" if left < 0.1 else
        f"at J = {J} learning does not hide",
    )  # fmt: skip
with words:
    start: Start = "equal"
    if not alone:
        start = segmented_control(
            "overlaps at the start", STARTS, default=STARTS[0], wrap=True, key="start"
        )
# One pair is always a typical one; the sum solves the two equations of the first directions only.
model = Idealised(min(P, MOST_PAIRS) if step == "the sum" else P, beta, J, d, start)
with words:
    if guess.revealed and step == "one pair":
        st.markdown(
            f"When {SHARE:.0%} of the wait is over, u is **{one.u_after(SHARE):.2g}**; after half "
            f"of it, {one.u_after(0.5):.2g}. "
            + (
                r"While u is small, $du/d\tau = 2Ja_p\,u^{J/2}$, which explodes at "
                rf"$T_p = 1/(J(J-2)\,a_p\,u_0^{{J/2-1}})$: {one.typical[0]:,.4g} for direction 1. "
                f"The full equation has u = 1/2 at {one.wait:,.4g}. **A plateau, then a jump.**"
                if J > 2
                else f"There is no explosion at J = {J}: u "
                + (
                    "rises from the start on"
                    if J == 1
                    else "grows by the same factor in equal times"
                )
                + f", and takes {one.wait:.2f} for u = 1/2. Raise J above 2 and see the plateau."
            )
        )
    elif step == "its time":
        st.markdown(
            (
                r"$T_p = \dfrac{1}{J(J-2)\,\eta\,a_p\,\langle\bar v,w_p\rangle^{J-2}}"
                r"\ \sim\ p^\beta\, d^{J/2-1}/\eta$. "
                if J > 2
                else r"Without an explosion $T_p$ is where $u = 1/2$; still $T_p \propto 1/a_p = "
                r"p^\beta$. "
            )
            + (
                f"From direction 1 to {P} at one overlap: a factor {float(P) ** beta:,.4g}. "
                if P > 1
                else ""
            )
            + scatter(model)
        )
    elif step == "the sum":
        st.markdown(
            r"The pairs do not meet, so the loss is a sum. If each jumped at its $T_p$,"
            "\n\n"
            r"$$L(t) = \sum_{p} a_p^2\, \mathbf 1\{t < T_p\}.$$"
            "\n\n"
            "Dashed, the two equations of every pair solved: each step comes later, for "
            r"the norm still has to grow from $s_0^2$ to $a_p$, about "
            r"$\log(a_p/s_0^2)/(4 a_p)$ long. "
            + (
                f"Direction 1's has $T_1$ = {model.T[0]:,.4g} and is half done at "
                f"{model.first_halved:,.4g}."
                if model.T[0] < float("inf")
                else "Direction 1 is never learned: its neuron starts on the wrong side."
            )
            + (f" Drawn: the first {model.P} of {plural(P, 'direction')}." if model.P < P else "")
        )
    elif step == "p → t":
        st.markdown(
            r"After direction $p$, what is missing is $\sum_{q>p} q^{-2\beta} \approx "
            r"\int_p^\infty q^{-2\beta}dq = p^{1-2\beta}/(2\beta-1)$: a line of slope "
            rf"$1-2\beta = {1 - 2 * beta:.2f}$ (left). Now name the same dots by their time "
            rf"$T_p \propto p^\beta$ instead of by $p$ (right): {stretched(beta)} "
            rf"$(1-2\beta)/\beta = {model.exponent:.2f}$. "
            + ("A teacher that ends at P bends down (open dots)." if P > 1 else "")
            + (
                f" Never learned, without a time: {plural(model.never, 'direction')}."
                if model.never
                else ""
            )
        )
    elif step == "power law":
        fit = model.fitted
        st.markdown(
            "Few directions make stairs; many make a line. "
            + (
                f"With the sum beyond P added, its slope is **{fit.value:.3f}** "
                f"({interval(fit, start)}); "
                if fit
                else f"There is no slope to fit here ({model.why_not_fitted}); "
            )
            + rf"theory: $(1-2\beta)/\beta = {model.exponent:.3f}$. "
            + (f" Never learned, as their neurons start on the wrong side (J is odd): "
               f"{model.never} of {plural(P, 'direction')}." if model.never else "")
            + averages(model)
        )  # fmt: skip
    open_in_lab(
        Experiment(d=d, P=min(P, 64), m=min(model.m, 267), beta=beta, J=J, seed=SEED,
                   normalisation="slides", s0=0.01, engine="decoupled"),
        "The idealised dynamics in the Live Lab",
    )  # fmt: skip
with experiment:
    if step == "one pair":
        drawn = figures.one_pair(one, SHARE, guess.value, guess.revealed)
    elif step == "its time":
        drawn = figures.emergence(model)
    elif step == "the sum":
        drawn = figures.summed(model)
    elif step == "p → t":
        drawn = figures.change_of_variables(model)
    else:
        drawn = figures.growing(model)
    picture(drawn, key="idealised_picture")
