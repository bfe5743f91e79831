"""Lesson 7: the theorem's assumptions and conclusions, held against runs in growing dimension."""

import streamlit as st

from emergence.experiment import Experiment
from emergence.figures.theorem import constants, matching_map, times, unused
from emergence.runs.starts import (
    Emergence,
    Starts,
    agreement,
    constant,
    largest_unused,
    spreads,
)
from emergence.theory.assumptions import assumptions
from emergence.ui.lesson import begin, columns, guess_number, open_in_lab
from emergence.ui.picture import picture
from emergence.ui.table import table
from emergence.ui.watch import watch

Found = tuple[Emergence, ...]

DIMENSIONS = (64, 256, 1024, 4096, 16384, 65536, 262144, 1000000)
LIMITS = (DIMENSIONS[0], DIMENSIONS[-1])
STARTS = (1, 2, 3, 4)
S0 = 0.01
DEGREES = (4, 6, 8)
TIMES, UNUSED, MAP, CONSTANT = VIEWS = ("times", "unused", "map ι", "constant")
SAID = {
    "sharp": "$J$, for sharp transitions",
    "even": r"odd terms of $\sigma$",
    "orthonormal": "$P$ orthonormal $w_p$, in $d$",
    "width": r"$m / (P \log P)$",
    "dimension": "$d / P^2$",
    "search": r"$\eta$: noise / signal in search",
    "stable": r"$\eta$ / largest stable $\eta$",
    "small": "$s_0$: $m s_0^2 / a_P$",
}


def number(value: float) -> str:
    """Three digits, or whole."""
    return (f"{value:,.0f}" if value >= 100 else f"{value:.3g}").replace("inf", "∞")


def checklist(e: Experiment) -> str:
    """The assumptions as a table: whether each holds, and by how much."""
    rows = [
        (":green[**✓**]" if check.holds else ":red[**✗**]", SAID[check.name],
         number(check.value), f"{'≥' if check.least else '≤'} {check.limit:,g}")
        for check in assumptions(e)
    ]  # fmt: skip
    return table(("", "assumption", "here", "wanted"), rows, "clrl")


begin("theorem")
words, experiment = columns()
with words:
    view = st.segmented_control("Held against experiments", VIEWS, default=TIMES, required=True,
                                key="view", bind="query-params")  # fmt: skip
off = view == CONSTANT  # its own runs have nothing to choose
with experiment, st.container(horizontal=True):
    J = st.select_slider("J", [2, 3, 4, 6], value=4, key="J", bind="query-params", disabled=off)
    P = st.select_slider("P", [4, 8, 16], value=8, key="P", bind="query-params", disabled=off)
    m = st.select_slider("m · neurons", [4, 8, 16, 32, 64], value=32, key="m",
                         bind="query-params", disabled=off)  # fmt: skip
    d = st.select_slider(
        "d looked at", DIMENSIONS, value=4096, key="d", bind="query-params", disabled=off
    )
    c = st.select_slider("c · SGD's step", [0.02, 0.05, 0.1, 0.2, 0.5, 2.0], value=0.1, key="c",
                         bind="query-params", disabled=off)  # fmt: skip
here = Experiment(J=J, P=P, m=m, d=d, c=c, s0=S0)
horizon = 2.0 if J > 2 else 8.0
flow = here.replace(engine="flow", c=1.0, horizon=horizon)
starts = Starts(
    (
        *(flow.replace(d=dimension, seed=seed) for seed in STARTS for dimension in DIMENSIONS),
        *(here.replace(d=dimension, seed=seed, horizon=horizon)
          for dimension in (64, 128) for seed in STARTS[:2]),
    )
)  # fmt: skip
pairs = Starts(
    tuple(
        Experiment(J=degree, P=1, m=1, d=dimension, seed=seed, s0=S0, engine="flow")
        for seed in (1, 2, 3, 4, 5, 6)
        for dimension in (64, 256, 1024, 4096, 16384)
        for degree in DEGREES
    )
)

with words:
    if view == CONSTANT:
        st.latex(r"T_p = \frac{1}{J(J-2)\, a_p\, \langle \bar v_k, w_p\rangle^{J-2}}")
        st.markdown(
            "The slides write 8, for $J = 4$. One neuron, one direction, gradient flow: measure "
            "the time $T$ at which $u = 1/2$, and see what $1 / (a\\,T\\,o^{J-2})$ is."
        )
        guess = guess_number("theorem_constant", "It is 8 for J = 4. What is it for J = 6?",
                             4.0, 64.0, 12.0, 1.0)  # fmt: skip
    else:
        st.markdown(
            r"**Theorem** (Ren et al. 2025). If all that is listed holds, then **(a)** the neurons "
            r"$\iota$ leaves out stay small; **(b)** neuron $\iota(p)$ finds direction $p$ at "
            r"$(1 \pm o(1))\, T_p$ as $d \to \infty$. $T_p$ and $\iota$ are known from the start "
            "alone."
        )
        guess = guess_number(
            "theorem", f"At d = {d:,}, within how many percent of $T_p$ do 8 of 10 directions "
            "emerge?", 0.0, 50.0, 20.0, 1.0, " %",
        )  # fmt: skip
    told = st.empty()
    if view != CONSTANT:
        st.markdown(checklist(here))
        st.caption(
            "The theorem is about $d → ∞$ and wants the small things small “up to polynomials in "
            "P and κ”. What is wanted here are rules of thumb at classroom size."
        )
    open_in_lab(flow.replace(seed=STARTS[0]), "One of these runs in the Live Lab")


def tell(found: Found) -> str:
    """What was found, in words and numbers."""
    if view == CONSTANT:
        measured = {degree: constant(found, degree) for degree in DEGREES}
        return "Measured, from small overlaps: " + ", ".join(
            f"**{value:.2f}** for J = {degree} (theory {degree * (degree - 2)})"
            for degree, value in measured.items() if value
        )  # fmt: skip
    settled = tuple(each for each in found if not each.experiment.is_sgd)
    at_d = tuple(each for each in settled if each.experiment.d == d)
    row = next((each for each in spreads(at_d)), None)
    if not row:
        return f"Nothing is known at d = {d:,}: not computed yet, or left out as too long."
    if view == UNUSED:
        return (
            f"At d = {d:,} the largest unused neuron ends with {largest_unused(at_d):.2g} $s_0$. "
            "In small d some help a winner and grow with it. In large d none does: their own part "
            r"in the error makes them shrink, $|v| = s_0/\sqrt{1 + 4 s_0^2 \tau}$ (dotted)."
        )
    if view == MAP:
        agree, named = agreement(at_d)
        return (
            f"At d = {d:,}, over {len(at_d)} starts, **{agree} of {named}** directions are found "
            r"by the very neuron $\iota(p)$ that the start names."
        )
    first = spreads(settled)[0]
    return (
        f"At d = {d:,}, 8 of 10 directions keep within **{row.within:.1%}** of $T_p$; at d = "
        f"{first.d:,} within {first.within:.0%}. From the 10 % to the 90 % quantile crossing / "
        f"$T_p$ goes from {row.low:.3f} to {row.high:.3f}, median {row.median:.3f} (flow, discs). "
        "At the largest d the solver's own error remains. SGD (diamonds, small d only) adds the "
        "noise of its samples."
    )


def draw(found: Found | None) -> None:
    known = found or ()
    if view == TIMES:
        figure = times(known, d, guess.value, LIMITS)
    elif view == UNUSED:
        figure = unused(known, d, LIMITS)
    elif view == MAP:
        figure = matching_map(known, d, LIMITS)
    else:
        figure = constants(known, guess.value)
    picture(figure, key="theorem_picture")
    told.markdown(tell(known) if found else "")


with experiment:
    if guess.revealed:
        watch(pairs if view == CONSTANT else starts, "theorem", draw)
    else:
        draw(None)
