"""Lesson 11: which jump is the measure's and which the network's; and jumps seen over seeds."""

import streamlit as st

from emergence.lessons.mirage.dip import SEEDS, THRESHOLD
from emergence.lessons.mirage.figure import four_measures, seeds
from emergence.lessons.mirage.model import (
    ACCURACY,
    CAPTURE,
    DEGREES,
    JUMP,
    MEASURES,
    OVERLAP,
    FourMeasures,
    blow_up_decades,
    overlap_decades,
)
from emergence.lessons.mirage.seeds import FINE, MOMENTS, Spread
from emergence.lessons.mirage.study import D_OF_SEEDS, ManySeeds, Measures, real_starts, skill
from emergence.ui.fields import select_slider, selectbox
from emergence.ui.guess import guess_choice, guess_number
from emergence.ui.lesson import Places, begin, choice, finish, lesson_link, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

LINEAR, LOGARITHMIC = SCALES = ("linear", "logarithmic")
ALL, NONE, TWO = "all four", "none of them", f"{OVERLAP} and {ACCURACY}"
SOURCE = (
    ":small[R. Schaeffer, B. Miranda, S. Koyejo, [*Are emergent abilities of large language "
    "models a mirage?*](https://arxiv.org/abs/2304.15004), 2023. The curve for $J = 2$ is that "
    "of deep linear networks: A. Saxe, J. McClelland, S. Ganguli, "
    "[2014](https://arxiv.org/abs/1312.6120).]"
)


def which_jump(run: FourMeasures) -> str:
    """The measures that jump in a run, as an answer."""
    jumps = run.jumps
    if len(jumps) == len(MEASURES):
        return ALL
    return " and ".join(jumps) or NONE


def measures(place: Places) -> None:
    """One run under four measures, on two scales of time."""
    with place.experiment, st.container(horizontal=True):
        J = select_slider("J · information exponent", list(DEGREES), 2, key="J")
        d = select_slider("d · dimension", [256, 1024, 16_384, 1_000_000], 1024, key="d")
        scale = selectbox("time axis", SCALES, key="scale")
    study = Measures(d)
    with place.words:
        st.markdown(
            "A skill seems to appear all at once. Is it the network that jumps, or our way of "
            f"measuring it? One neuron, one direction in {d:,} dimensions, one run, measured in "
            "four ways: the **loss** (what of it is gone), the **overlap** $u$, the **capture** "
            r"$R = |v|^2\langle\bar v, w\rangle^J$, and **pass or fail**: 1 as soon as "
            r"$R > \frac12$, as a test counts that accepts only right answers."
        )
        st.latex(r"\dot u = 2J\,u^{J/2}(1-u)")
        st.markdown(
            f"We say *it jumps* where it takes less than {JUMP:g} of a decade of time from 10% to "
            f"90%: while it rises, time grows by less than {10**JUMP - 1:.0%}."
        )
        guess = guess_choice(
            "measures", "With $J = 2$, which of the four jump?", [NONE, ACCURACY, TWO, ALL]
        )

    with place.answer:
        answer = st.empty()
        open_in_lab(study.experiment(J), f"This neuron at J = {J} in the Live Lab")

    def draw(runs: dict[int, FourMeasures] | None) -> None:
        runs = runs or {}
        picture(four_measures(runs, J, scale == LINEAR), key="measures_picture", view=True,
                revealed=guess.revealed)  # fmt: skip
        if 2 in runs:
            took = runs[2].decades(OVERLAP)
            guess.among(which_jump(runs[2]), f"u takes {took:.2f} of a decade of time")
        else:
            guess.wait()
        answer.markdown((sharpness(runs) if len(runs) == len(DEGREES) else "") + SOURCE)

    with place.experiment:
        watch(study, "measures", draw, guess.revealed)


def sharpness(runs: dict[int, FourMeasures]) -> str:
    """What was measured, beside theory."""
    smooth, sharp = runs[2], runs[4]
    return (
        f"**J = 2: the measure's jump.** u takes **{smooth.decades(OVERLAP):.3f}** of a decade "
        f"(logistic curve: {overlap_decades(smooth.u0, 2):.3f}), R {smooth.decades(CAPTURE):.3f}, "
        "pass or fail 0. The jump is made by the threshold. On linear time any exponential looks "
        "sudden; a logarithm shows how much of the history the rise is."
        "\n\n"
        f"**J = 4: the dynamics' jump.** u takes **{sharp.decades(OVERLAP):.2g}** (exact: "
        f"{overlap_decades(sharp.u0, 4):.2g}; $u = 1/(1/u_0 - 8\\tau)$, which ends at infinity: "
        f"{blow_up_decades(sharp.u0):.2g}). None of the four measures makes it smooth, on either "
        "scale. ($1/u$ would: it falls along a line from about $d$, and counts the search as "
        r"progress.) As $d$ grows the jump sharpens like $1/d$, at $J = 2$ only like $1/\log d$."
        "\n\n"
        "The Live Lab's count of *learned* directions is such a threshold, too: look at its "
        "overlaps.\n\n"
    )


def two_groups(place: Places) -> None:
    """How u is spread over seeds: one group, two, and one again."""
    with place.experiment, st.container(horizontal=True):
        J = select_slider("J · information exponent", list(DEGREES), 4, key="J_seeds")
        m = select_slider("m · neurons", [1, 8, 32], 8, key="m")
        moment = select_slider("time", list(MOMENTS), 1.0, key="moment")
    starts = real_starts(J, m)
    exact = starts.spread
    with place.words:
        st.markdown(
            "Another way to see a jump needs no threshold: train many networks that differ only "
            "in their random start, and look at all of them **at one moment**. If skill comes "
            "gradually, most are half-way at some moment. If it comes by jumps, some have it, the "
            "others do not, and hardly any is in between."
        )
        guess = guess_number(
            "groups", f"{SEEDS} networks of {plural(m, 'neuron')}, J = {J}, when half have "
            "$u > \\frac12$ in their best neuron: how many are between $u = 0.1$ and $0.9$? "
            "(In per cent.)",
            0, 100, 5, " %",
        )  # fmt: skip
        guess.near(100 * exact.between(1.0), 10, "so many seeds are in between")
    with place.answer:
        if guess.revealed:
            st.markdown(groups(J, m, exact))
        open_in_lab(skill(J, m, D_OF_SEEDS, 1), f"The first of the {SEEDS} seeds in the Live Lab")

    def draw(measured: Spread | None) -> None:
        drawn = seeds(exact if guess.revealed else None, measured, moment, guess.share)
        picture(drawn, key="groups_picture", view=True, revealed=guess.revealed)

    with place.experiment:
        watch(ManySeeds(J, m), "groups", draw, guess.revealed)


def groups(J: int, m: int, exact: Spread) -> str:
    """When there are two groups, and how that was judged."""
    two = exact.two_peaked
    if two.size:
        when = f"from **{two[0]:g}** to **{two[-1]:g}** times" if len(two) > 1 else "only at"
        seen = f"There are two peaks {when} that moment, and one before and after."
    else:
        seen = "At none of the moments are there two peaks: one group moves from 0 to 1."
    if J == 2:
        seen += (
            r" At $J = 2$ all seeds follow one curve, shifted: $\mathrm{logit}\,u = "
            r"\mathrm{logit}\,u_0 + 4\tau$. The best of many neurons starts nearly alike in all. "
            "A single neuron's start varies so much that even smooth curves part into two groups "
            "for a moment: two peaks alone prove no jump."
        )
    else:
        seen += (
            " The start decides when a seed jumps, and the jump is short against how much these "
            "times differ. More neurons, more equal times: the groups last less long."
        )
    return (
        f"{seen}\n\n"
        f":small[Blue: the closed form from the {SEEDS} starts. Circles: {SEEDS} runs of the "
        f"population gradient flow, d = {D_OF_SEEDS:,}, computed now. Two peaks: Hartigan's dip of "
        f"u, looked at to {1 / FINE:.0%}, is above {THRESHOLD:g}, which 95% of uniform samples of "
        f"{SEEDS} stay below; 5% of those are called wrongly, and there is a test at "
        f"each of {plural(len(MOMENTS), 'moment')}.]"
    )


VIEWS = {"Four measures": measures, "Two groups": two_groups}

TASK = Task(
    r"$J = 2$, from $u_0 = 1/d$. Find the dimension $d$ at which the overlap $u$ goes from 10% to "
    "90% within a tenth of a decade of time.",
    100, 1e12, lambda d: overlap_decades(1 / d, 2), (0.098, 0.102),
    "it takes {} of a decade", whole=True,
)  # fmt: skip

begin("mirage")
place = part()
choice(VIEWS, place.words)(place)
with place.answer:
    lesson_link("sharp_transitions")
    finish("mirage", TASK)
