"""Lesson 7: the theorem's assumptions and conclusions, held against runs in growing dimension."""

import streamlit as st

from emergence.experiment import Experiment
from emergence.lessons.theorem import figure as figures
from emergence.lessons.theorem.model import assumptions
from emergence.lessons.theorem.study import (
    SMALL_START,
    Emergence,
    Outcomes,
    Spread,
    Starts,
    agreement,
    constant,
    constants,
    spreads,
    unseen,
    unused,
)
from emergence.ui.fields import segmented_control, select_slider
from emergence.ui.guess import guess_number
from emergence.ui.lesson import begin, columns, open_in_lab
from emergence.ui.picture import picture
from emergence.ui.table import table
from emergence.ui.watch import watch
from emergence.words import plural

DIMENSIONS = (64, 256, 1024, 4096, 16384, 65536, 262144, 1000000)
LIMITS = (DIMENSIONS[0], DIMENSIONS[-1])
STARTS = (1, 2, 3, 4)
S0 = 0.01
DEGREES = (4, 6, 8)
TIMES, UNUSED, MAP, CONSTANT = VIEWS = ("times", "unused", "matching", "constant")
SAID = {
    "sharp": "$J$, for sharp transitions",
    "even": r"odd terms of $\sigma$",
    "orthonormal": "$P$ orthonormal $w_p$, in $d$",
    "width": r"$m / (P \log P)$",
    "dimension": "$d / P^2$",
    "search": r"$\eta$: noise / signal in search",
    "stable": r"$\eta$ / mean-square bound",
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
    view = segmented_control("Held against experiments", VIEWS, default=TIMES, key="view")
off = view == CONSTANT  # its own runs have nothing to choose
with experiment, st.container(horizontal=True):
    J = select_slider("J", [2, 3, 4, 6], value=4, key="J", disabled=off)
    P = select_slider("P", [4, 8, 16], value=8, key="P", disabled=off)
    m = select_slider("m · neurons", [4, 8, 16, 32, 64], value=32, key="m", disabled=off)
    d = select_slider("d looked at", DIMENSIONS, value=4096, key="d", disabled=off)
    c = select_slider(
        "c · SGD's step", [0.02, 0.05, 0.1, 0.2, 0.5, 2.0], value=0.1, key="c", disabled=off
    )
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
                             4.0, 64.0, 1.0)  # fmt: skip
    else:
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
    told = st.empty()
    if view != CONSTANT:
        st.markdown(checklist(here))
        st.caption(
            "The theorem is about $d → ∞$ and wants the small things small “up to polynomials in "
            "P and κ”. What is wanted here are rules of thumb at classroom size."
        )
    open_in_lab(flow.replace(seed=STARTS[0]), "One of these runs in the Live Lab")


def percent(share: float) -> str:
    """In whole percent, in tenths below ten."""
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"


def missing(known: Outcomes, sgd: bool) -> str:
    """What was not run at d, and what diverged there."""
    reasons = [why for e, why in known.left_out if e.is_sgd == sgd and (sgd or e.d == d)]
    text = f" Left out: {plural(len(reasons), 'start')}, {reasons[0]}." if reasons else ""
    diverged = sum(each.diverged for each in runs_of(known, sgd))
    return text + (f" {plural(diverged, 'run')} diverged: what they had not found counts as never."
                   if diverged else "")  # fmt: skip


def runs_of(known: Outcomes, sgd: bool) -> tuple[Emergence, ...]:
    """The runs of flow at d, or all of SGD."""
    if sgd:
        return tuple(each for each in known.runs if each.experiment.is_sgd)
    return runs_at(known, d)


def runs_at(known: Outcomes, dimension: int) -> tuple[Emergence, ...]:
    """The runs of flow in a dimension."""
    return tuple(each for each in known.runs
                 if not each.experiment.is_sgd and each.experiment.d == dimension)  # fmt: skip


def kept(row: Spread) -> str:
    """Within how much of T_p 8 of 10 directions keep, those that never emerged included."""
    those = "directions" if m >= P else "directions with a neuron"
    if row.within == float("inf"):
        return f"fewer than 8 of 10 {those} emerge at all: {row.never} of {row.named} never do"
    return f"8 of 10 {those} keep within **{percent(row.within)}** of $T_p$" + (
        f" ({row.never} of {row.named} never emerge, and count as infinitely late)"
        if row.never else ""
    )  # fmt: skip


def tell_constant(known: Outcomes) -> str:
    """The measured constants in front of T."""
    parts = []
    for degree in DEGREES:
        value, count = constant(known.runs, degree), len(constants(known.runs, degree))
        if value is not None:
            parts.append(f"**{value:.2f}** for J = {degree} ({plural(count, 'start')}, theory "
                         f"{degree * (degree - 2)})")  # fmt: skip
    late = f" Left out as too long: {plural(len(known.left_out), 'pair')}."
    return (
        f"Measured, medians over the starts with overlap below {SMALL_START}: " + ", ".join(parts)
        + "." + (late if known.left_out else "")
    )  # fmt: skip


def tell(known: Outcomes) -> str:
    """What was found, in words and numbers."""
    if view == CONSTANT:
        return tell_constant(known)
    at_d = runs_of(known, sgd=False)
    if not at_d:
        return f"Nothing is known at d = {d:,} yet." + missing(known, sgd=False)
    runs = f"At d = {d:,}, over {plural(len(at_d), 'start')}"
    until = f"{horizon:g} times the last $T_p$"
    if view == UNUSED:
        idle = unused(at_d)
        if not idle.count:
            return f"{runs}: ι leaves no neuron out of {m}." + missing(known, sgd=False)
        return (
            f"{runs}, ι leaves {plural(idle.count, 'neuron')} out. When the run ends, at {until}, "
            f"larger than at the start: {idle.grown}, the largest "
            f"**{idle.largest:.2g} $s_0$**. "
            + ("Those share in a direction and grow with it. " if idle.grown else "")
            + "One that nothing "
            r"pulls shrinks by its own part in the error, $|v| = s_0/\sqrt{1 + 4 s_0^2 \tau}$ "
            "(dotted)." + missing(known, sgd=False)
        )
    if view == MAP:
        agree, of = agreement(at_d)
        lost = unseen(at_d)
        return (
            f"{runs}, found by the very neuron ι(p) that the start names: **{agree} of "
            f"{plural(of, 'direction')}**"
            + (f"; {lost} of the {of} had not emerged by {until}." if lost else ".")
            + missing(known, sgd=False)
        )
    row = next(iter(spreads(at_d)), None)
    if not row:
        return f"{runs}, theory names no time." + missing(known, sgd=False)
    text = f"{runs}, {kept(row)}."
    first = spreads(runs_at(known, LIMITS[0]))
    if first and d != LIMITS[0]:
        text += f" At d = {LIMITS[0]}: {kept(first[0])}."
    ends = [f"{end:.3f}" if end < float("inf") else "never" for end in (row.low, row.high)]
    middle = f"{row.median:.3f}" if row.median < float("inf") else "never"
    text += (
        f" From the 10 % to the 90 % quantile crossing / $T_p$ goes from {ends[0]} to {ends[1]}, "
        f"median {middle} (flow, discs; looked for at moments 0.1 % apart, until {until})."
    )
    if m < P:
        text += (
            f" Without a neuron, hence without $T_p$ and not counted: {plural(P - m, 'direction')}."
        )
    text += missing(known, sgd=False)
    sgd = runs_of(known, sgd=True)
    if sgd:
        late = sum(row.never for row in spreads(sgd))
        text += (
            f" SGD (diamonds, d = 64 and 128, {plural(len(sgd), 'run')}) adds the noise of samples"
            + (f"; {late} of their directions did not emerge." if late else ".")
        )
    return text + missing(known, sgd=True)


def judge(known: Outcomes) -> None:
    """The verdict, once what was asked for is known."""
    if view == CONSTANT:
        measured = constant(known.runs, 6)
        if measured is None:
            guess.wait()
        else:
            guess.near(measured, 2, "measured from small overlaps; theory says $J(J-2)$")
        return
    at_d = runs_at(known, d)
    late = sum(not e.is_sgd and e.d == d for e, _ in known.left_out)
    row = next(iter(spreads(at_d)), None)
    if len(at_d) + late < len(STARTS):
        guess.wait(f"It is being computed: {len(at_d)} of {plural(len(STARTS), 'start')} known.")
    elif row:
        guess.about(100 * row.within, 2, f"over {plural(len(at_d), 'start')} at d = {d:,}")
    else:
        why = "all starts were left out" if late else "theory names no time here"
        guess.wait(f"There is nothing to compare it with: {why}.")


def draw(found: Outcomes | None) -> None:
    known = found or Outcomes()
    if view == TIMES:
        figure = figures.times(known.runs, d, guess.value, LIMITS)
    elif view == UNUSED:
        figure = figures.unused(known.runs, d, LIMITS)
    elif view == MAP:
        figure = figures.matching_map(known.runs, d, LIMITS)
    else:
        figure = figures.constants(known.runs, guess.value)
    picture(figure, key="theorem_picture")
    told.markdown(tell(known) if found else "")
    judge(known)


with experiment:
    if guess.revealed:
        watch(pairs if view == CONSTANT else starts, "theorem", draw)
    else:
        draw(None)
