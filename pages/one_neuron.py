"""Lesson 3: one neuron finds one direction, and how long that takes."""

import streamlit as st

from emergence.lessons.one_neuron.figure import recovery_times, search_and_fit
from emergence.lessons.one_neuron.model import Flow, Scaling, growth
from emergence.lessons.one_neuron.study import OFFERS, STEP_SIZES, Paths, Recovery, Search
from emergence.ui.fields import select_slider
from emergence.ui.guess import guess_number
from emergence.ui.lesson import begin, columns, open_in_lab
from emergence.ui.picture import picture
from emergence.ui.table import table
from emergence.ui.watch import watch
from emergence.words import plural

begin("one_neuron")
words, experiment = columns()
with experiment, st.container(horizontal=True):
    J = select_slider("J · information exponent", list(OFFERS), value=4, key="J", resets=("d", "c"))
    d = select_slider("d · dimension", OFFERS[J].dimensions, value=OFFERS[J].d, key="d")
    c = select_slider("c · step size", STEP_SIZES, value=OFFERS[J].c, key="c")
search = Search(J, d, c)
flow = search.flow
with words:
    st.markdown(
        r"The smallest case: a teacher $\sigma(w \cdot x)$, a student $\sigma(v \cdot x)$ with "
        r"$|v| = 1$, and $\sigma = h_J$. A step takes one fresh sample, goes down "
        r"$\frac12(\sigma(v \cdot x) - \sigma(w \cdot x))^2$ by $\eta = c\,d^{-\max(J/2, 1)}$ "
        r"along the sphere, and brings $v$ back to length 1. All that counts is the overlap "
        r"$o = \langle v, w\rangle$; $u = o^2$ starts near $1/d$. Without the samples' noise"
    )
    st.latex(r"\frac{do}{d\tau} = J\,o^{J-1}(1 - o^2), \qquad \tau = \eta t")
    share = guess_number(
        "search", r"The neuron *searches* until $u = 1/\sqrt d$ and *fits* from there to "
        rf"$u = \frac12$. Which share of its steps is search, at $J = {J}$ and $d = {d}$?",
        0.0, 100.0, 5.0, " %",
    )  # fmt: skip
    share.near(
        100 * flow.search_share, 5, r"so many steps pass before $u = 1/\sqrt d$, without noise"
    )
    answer = st.empty()
    open_in_lab(search.experiment, "One neuron in the Live Lab, which trains its length too")


def draw_search(paths: Paths | None) -> None:
    """The neurons' ways, and what they say."""
    picture(search_and_fit(flow, paths, search.last, share.share, share.revealed),
            key="search_picture")  # fmt: skip
    if share.revealed:
        answer.markdown(explain(paths))


def explain(paths: Paths | None) -> str:
    """The first answer, with the numbers measured so far."""
    others = ", ".join(f"{Flow(i, d, c).search_share:.0%} at J = {i}" for i in (1, 2, 3, 4))
    text = f"Without noise search takes **{flow.search_share:.0%}** of the steps ({others}): "
    text += "the larger $J$, the flatter the start. "
    if paths is not None and paths.search_share is not None:
        text += (
            f"Measured: **{paths.search_share:.0%}** of {paths.recovered:,.0f} steps (medians: "
            f"{paths.arrived} of {paths.u.shape[1]} neurons have arrived so far). "
        )
    elif paths is not None:
        text += (
            f"After {paths.steps[-1]:,.0f} steps the median $u$ is **{paths.gain:.2g}** times that "
            f"of the start; {paths.arrived} of {paths.u.shape[1]} neurons have arrived. "
        )
    text += f"The flow takes {flow.arrival:,.0f}"
    if J > 2:
        text += f"; without its $1 - u$ (dotted) it would blow up at {flow.blow_up:,.0f}"
    shrinking = f"{flow.shrinking:{',.0f' if flow.shrinking > 10 else '.2g'}}"
    text += (
        ".\n\n**Raise c:** every push also lengthens $v$, and going back to length 1 shrinks $o$, "
        f"at the start on average {shrinking} times as much as the signal lets it grow"
        + (r" (for $J \ge 4$ by rare, large samples)" if J >= 4 else "")
        + r". With $\eta \gg d^{-\max(J/2, 1)}$ noise wins: $u$ bounces, and what is found is lost "
        "again."
    )
    if J % 2 and J > 1:
        text += (
            " All start at $o > 0$: from $o < 0$, where half of all random neurons begin, odd "
            r"$J \ge 3$ leads only up to 0."
        )
    return text


with experiment:
    if share.revealed:
        watch(search, "search", draw_search)
    else:
        draw_search(None)

st.markdown("### How long does it take in higher dimension?")
words, experiment = columns()
recovery = Recovery()
with words:
    st.markdown(
        f"For $J = 1$ to $4$ and growing $d$, {recovery.seeds} neurons start at $u = 1/d$ each, "
        r"with the $c$ at which $J$ begins above. Counted are the samples (one a step) until "
        r"$u > \frac12$; drawn is the median, with a 95 % bootstrap interval over the neurons. "
        "A point is there when 7 of 8 have arrived; the others count as slower."
    )
    factor = guess_number(
        "recovery", "When the dimension doubles, by which factor does the recovery time grow "
        "at $J = 4$?", 1.0, 32.0, 0.5,
    )  # fmt: skip
    fits = st.empty()


def draw_recovery(found: dict[int, Scaling] | None) -> None:
    """The recovery times measured so far, and the exponents fitted to them."""
    picture(recovery_times(recovery.flows, found or {}, factor.value, factor.revealed),
            key="recovery_picture")  # fmt: skip
    if factor.revealed:
        fits.markdown(exponents(found or {}))
    if found and 4 in found and found[4].factor is not None:
        factor.about(found[4].factor, 1.5, f"measured; theory says $2^3 = {growth(4, 2):.0f}$")


def exponents(found: dict[int, Scaling]) -> str:
    """The second answer: the theorem, and the exponents that are known."""
    rows = []
    for J, theorem in ((1, "d"), (2, r"d \log d"), (3, "d^2"), (4, "d^3")):
        known = found.get(J)
        measured = flow = "…"
        if known and known.fitted is not None and known.interval and known.flow is not None:
            low, high = known.interval
            measured = f"**{known.fitted:.2f}** ({low:.2f} to {high:.2f})"
            flow = f"{known.flow:.2f}"
        rows.append((f"{J}", f"${theorem}$", measured, flow))
    text = ""
    if 4 in found and found[4].factor is not None:
        text = (
            f"**× {found[4].factor:.1f}** is measured at $J = 4$; theory says "
            rf"$2^{{J-1}} = {growth(4, 2):.0f}$. "
        )
    waiting = sum(each.late for each in found.values())
    late = (
        f"{plural(waiting, 'neuron')} had not arrived when a point was drawn. " if waiting else ""
    )
    far = Flow(6, 64, OFFERS[6].c)
    return (
        f"{text}{late}Ben Arous, Gheissari and Jagannath (2021) prove $d^{{J-1}}$ for $J \\ge 3$ "
        "(up to logarithms):\n\n"
        + table(("$J$", "theorem", "measured (95 %)", "flow"), rows)
        + "\n\n"
        r"Fitted are exponents of $d$ (for $J = 2$ beside the $\log d$), also to the flow at the "
        r"same $d$, which are not yet large. $J = 6$ is left out: at "
        f"$d = {far.d}$ its flow takes {far.arrival / 1e9:,.0f} billion steps."
    )


with experiment:
    if factor.revealed:
        watch(recovery, "recovery", draw_recovery)
    else:
        draw_recovery(None)
