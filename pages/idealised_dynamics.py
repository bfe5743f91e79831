"""Lesson 4: one neuron for each direction, from its equation to the power law in five steps."""

import streamlit as st

from emergence.lessons.idealised_dynamics import figure as figures
from emergence.lessons.idealised_dynamics.model import (
    MOST_PAIRS,
    RANDOM,
    SEEDS,
    Idealised,
    Start,
    mean_slopes,
    times_later,
)
from emergence.theory.fits import Slope
from emergence.theory.scaling import plateau_exponent
from emergence.ui.fields import segmented_control, select_slider, slider
from emergence.ui.guess import NumberGuess, answered, guess_number
from emergence.ui.lesson import Column, begin, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.words import plural

PAIR, TIME, SUM, VARIABLES, LAW = STEPS = ("one pair", "its time", "the sum", "p → t", "power law")
STARTS: dict[str, Start] = {
    "equal": "equal",
    "one random neuron each": "assigned",
    "greedy ι, m = P": "matched",
    "best of P log P": "matched, wide",
}
MANY = 16  # directions that make a law of which something can be said
SHARE = 0.9  # of the wait, over when the question is asked


def choose_step(words: Column) -> str:
    """The step; the later ones can be chosen when the question has its answer."""
    shown = answered("idealised")
    with words:
        step = segmented_control(
            "Steps", STEPS, default=PAIR, key="step", label_visibility="collapsed", wrap=True,
            disabled=not shown,
        )  # fmt: skip
    return step if shown else PAIR


def choose(experiment: Column, alone: bool) -> Idealised:
    """The teacher; `alone` where only direction 1 is looked at, whose strength is 1."""
    with experiment, st.container(horizontal=True):
        P = select_slider("P · directions", [1, 2, 4, 8, 16, 32, 64, 128, 256], value=64, key="P",
                          disabled=alone)  # fmt: skip
        beta = slider("β · how fast strengths fall", 0.6, 2.0, 1.5, 0.05, key="beta",
                      disabled=alone)  # fmt: skip
        J = select_slider("J · information exponent", [1, 2, 3, 4, 6], value=4, key="J")
        d = select_slider("d · dimension", [1024, 4096, 16384, 65536], key="d")
    return Idealised(P, beta, J, d)


def question(one: Idealised) -> NumberGuess:
    """The equations of a pair, and what the reader guesses of it."""
    st.markdown(
        "Give each direction its own neuron and forget that neurons interact. Then a pair is two "
        r"numbers, $u = \langle\bar v, w_p\rangle^2$ and $|v|^2$, and two equations:"
    )
    st.latex(
        r"\begin{aligned}\tfrac{du}{d\tau} &= 2 J a_p u^{J/2}(1-u)\\"
        r"\tfrac{d|v|^2}{d\tau} &= 4 |v|^2 (a_p u^{J/2} - |v|^2)\end{aligned}"
    )
    guess = guess_number(
        "idealised", f"u starts at 1/d = {one.u0:.2g}. It has been learned, say, at u = 1/2. How "
        f"large is u when {SHARE:.0%} of the time until then is over?", 0.0, 0.5, 0.01,
    )  # fmt: skip
    left = one.u_after(SHARE)
    guess.near(
        left, 0.02,
        f"learning hides for {SHARE:.0%} of the time" if left < 0.1 else
        f"at J = {one.J} learning does not hide",
    )  # fmt: skip
    return guess


def with_starts(teacher: Idealised, step: str) -> Idealised:
    """The pairs of a step: as many as it can solve, with the overlaps that the reader chooses."""
    if step == PAIR:
        return teacher  # one pair is always a typical one
    name = segmented_control(
        "overlaps at the start", list(STARTS), default="equal", wrap=True, key="start"
    )
    # The sum solves the two equations of the first directions only.
    P = min(teacher.P, MOST_PAIRS) if step == SUM else teacher.P
    return Idealised(P, teacher.beta, teacher.J, teacher.d, STARTS[name])


def one_pair(one: Idealised) -> str:
    """How long a pair waits, and why."""
    text = (
        f"When {SHARE:.0%} of the wait is over, u is **{one.u_after(SHARE):.2g}**; after half "
        f"of it, {one.u_after(0.5):.2g}. "
    )
    if one.J > 2:
        return text + (
            r"While u is small, $du/d\tau = 2Ja_p\,u^{J/2}$, which explodes at "
            rf"$T_p = 1/(J(J-2)\,a_p\,u_0^{{J/2-1}})$: {one.typical[0]:,.4g} for direction 1. "
            f"The full equation has u = 1/2 at {one.wait:,.4g}. **A plateau, then a jump.**"
        )
    rises = "rises from the start on" if one.J == 1 else "grows by the same factor in equal times"
    return text + (
        f"There is no explosion at J = {one.J}: u {rises}, and takes {one.wait:.2f} for u = 1/2. "
        "Raise J above 2 and see the plateau."
    )


def its_time(model: Idealised) -> str:
    """When each direction is learned."""
    text = (
        r"$T_p = \dfrac{1}{J(J-2)\,\eta\,a_p\,\langle\bar v,w_p\rangle^{J-2}}"
        r"\ \sim\ p^\beta\, d^{J/2-1}/\eta$. "
        if model.J > 2
        else r"Without an explosion $T_p$ is where $u = 1/2$; still $T_p \propto 1/a_p = p^\beta$. "
    )
    if model.P > 1:
        text += f"From direction 1 to {model.P} at one overlap: a factor {model.range:,.4g}. "
    return text + scatter(model)


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


def the_sum(model: Idealised) -> str:
    """What the pairs' jumps add up to."""
    first = (
        f"Direction 1's has $T_1$ = {model.T[0]:,.4g} and is half done at "
        f"{model.first_halved:,.4g}."
        if model.T[0] < float("inf")
        else "Direction 1 is never learned: its neuron starts on the wrong side."
    )
    return (
        r"The pairs do not meet, so the loss is a sum. If each jumped at its $T_p$,"
        "\n\n"
        r"$$L(t) = \sum_{p} a_p^2\, \mathbf 1\{t < T_p\}.$$"
        "\n\n"
        "Dashed, the two equations of every pair solved: each step comes later, for "
        r"the norm still has to grow from $s_0^2$ to $a_p$, about "
        rf"$\log(a_p/s_0^2)/(4 a_p)$ long. {first}"
    )


def left_undrawn(model: Idealised, teacher: Idealised) -> str:
    """That some directions of the teacher are not drawn, if so."""
    if model.P == teacher.P:
        return ""
    return f" Drawn: the first {model.P} of {plural(teacher.P, 'direction')}."


def change_of_variables(model: Idealised) -> str:
    """From the direction's number p to the time t."""
    text = (
        r"After direction $p$, what is missing is $\sum_{q>p} q^{-2\beta} \approx "
        r"\int_p^\infty q^{-2\beta}dq = p^{1-2\beta}/(2\beta-1)$: a line of slope "
        rf"$1-2\beta = {plateau_exponent(model.beta):.2f}$ over $p$. Now name the same dots by "
        rf"their time $T_p \propto p^\beta$ instead of by $p$: {stretched(model.beta)} "
        rf"$(1-2\beta)/\beta = {model.exponent:.2f}$. "
    )
    if model.P > 1:
        text += "A teacher that ends at P bends down (open dots)."
    if model.never:
        text += f" Never learned, without a time: {plural(model.never, 'direction')}."
    return text


def stretched(beta: float) -> str:
    """What the change of variables does to the axis (a decade is as long in both pictures)."""
    if beta == 1:
        return "at β = 1 the axis stays as it is (try another β), and so does the slope:"
    return (f"the axis {'stretches' if beta > 1 else 'shrinks'} by the factor β = {beta:g}, and "
            "the slope becomes")  # fmt: skip


def about_the_law(model: Idealised) -> str:
    """The slope of many directions, fitted, beside theory's."""
    fit = model.fitted
    return (
        "Few directions make stairs; many make a line. "
        + (
            f"With the sum beyond P added, its slope is **{fit.value:.3f}** "
            f"({interval(fit, model.start)}); "
            if fit
            else f"There is no slope to fit here ({model.why_not_fitted}); "
        )
        + rf"theory: $(1-2\beta)/\beta = {model.exponent:.3f}$. "
        + (f" Never learned, as their neurons start on the wrong side (J is odd): "
           f"{model.never} of {plural(model.P, 'direction')}." if model.never else "")
        + averages(model)
    )  # fmt: skip


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
    ways: dict[Start, str] = {
        "assigned": "one random neuron assigned to each direction beforehand",
        "matched": "ι choosing among P random neurons",
        "matched, wide": "ι choosing among P log P",
    }
    parts = [
        f"**{slopes[start][0]:.3f}** with {way}"
        + (f" ({plural(slopes[start][1], 'start')} with one)" if slopes[start][1] < SEEDS else "")
        for start, way in ways.items() if start in slopes
    ]  # fmt: skip
    if not parts:
        return ""
    text = f"\n\nMean slope over {SEEDS} random starts: " + "; ".join(parts) + ". "
    if model.J <= 2 or model.P < MANY:
        return text
    wait = model.late_exponent
    spoilt = (
        "half of them start on the wrong side (J is odd), and what they should learn stays"
        if model.J % 2 else
        f"those near $u = 0$ hold the loss up, on average like $t^{{-1/(J-2)}} = t^{{{wait:.2g}}}$"
        if wait > model.exponent else "those near $u = 0$ come late"
    )  # fmt: skip
    near, nearer = (f"{model.distance(slopes[start][0]):.0%}" for start in RANDOM[1:])
    return text + (
        f"Assigning beforehand is what spoils the law: {spoilt}. With ι the same number of "
        f"neurons comes within {near} of theory, P log P within {nearer}."
    )


VIEWS = {
    TIME: (its_time, figures.emergence),
    SUM: (the_sum, figures.summed),
    VARIABLES: (change_of_variables, figures.change_of_variables),
    LAW: (about_the_law, figures.growing),
}

TASK = Task(
    r"64 directions from equal starts, $\beta = 1.5$. Find the direction $p$ that is learned 125 "
    "times as late as direction 1.",
    1, 64, lambda p: times_later(int(p)), (123.0, 127.0), "$T_p/T_1$ is {}", whole=True,
)  # fmt: skip

begin("idealised_dynamics")
words, experiment, after = part()
step = choose_step(after)
teacher = choose(experiment, alone=step == PAIR)
with words:
    guess = question(teacher)
with after:
    model = with_starts(teacher, step)
    if step != PAIR:
        st.markdown(VIEWS[step][0](model) + left_undrawn(model, teacher))
    elif guess.revealed:
        st.markdown(one_pair(model))
    open_in_lab(model.experiment, "The idealised dynamics in the Live Lab")
with experiment:
    if step != PAIR:
        drawn, marker = VIEWS[step][1](model), None
    else:
        drawn = figures.one_pair(model, SHARE, guess.value, guess.revealed)
        marker = guess.marker(figures.guessed_pair(model, SHARE, guess.stops))
    picture(drawn, key="idealised_picture", revealed=guess.revealed, marker=marker)
with after:
    finish("idealised_dynamics", TASK)
