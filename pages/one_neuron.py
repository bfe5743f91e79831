"""Lesson 3: one neuron finds one direction, and how long that takes."""

import streamlit as st

from emergence.lessons.one_neuron.figure import (
    guessed_search,
    left_after_search,
    recovery_times,
    search_and_fit,
)
from emergence.lessons.one_neuron.model import (
    Flow,
    Scaling,
    growth,
    noise_over_signal,
    share_exponent,
    share_left,
    step_power,
)
from emergence.lessons.one_neuron.recursion.figure import decomposed, noise_sizes
from emergence.lessons.one_neuron.recursion.model import Part
from emergence.lessons.one_neuron.recursion.study import (
    DecomposedSearch,
    Decomposition,
    NoiseSizes,
    NoiseSpread,
)
from emergence.lessons.one_neuron.study import (
    DELTAS,
    STEP_SIZES,
    Paths,
    Recovery,
    RemainingShare,
    Search,
    SearchShares,
)
from emergence.ui.fields import segmented_control, select_slider, step_size
from emergence.ui.formatting import scientific
from emergence.ui.guess import guess_choice, guess_number
from emergence.ui.lesson import Column, Places, begin, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.table import table
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

DIMENSIONS = {
    1: (64, 256, 1024, 4096, 16384),
    2: (64, 256, 1024, 4096, 16384),
    3: (16, 32, 64, 128, 256, 512),
    4: (16, 24, 32, 48, 64, 96),
    6: (8, 12, 16, 20),
}
"""By J the choices of d: what takes a minute or so at most."""
FIRST_D = {1: 256, 2: 256, 3: 128, 4: 32, 6: 16}
C = (0.001, 0.004, 0.016, 0.06, 0.25, 1.0, 4.0, 16.0)  # from careful to far too large
FAR = 1_000_000  # a dimension to ask about: beyond what can be run
PARTS: dict[Part, str] = {
    "drift": "its drift", "martingale": "its martingale", "both": "both about the same"
}  # fmt: skip


def choose(experiment: Column) -> Search:
    """The neuron: J, and a d and c that suit it."""
    with experiment, st.container(horizontal=True):
        J = select_slider(
            "J · information exponent", list(DIMENSIONS), value=4, key="J", resets=("d", "c")
        )
        d = select_slider("d · dimension", DIMENSIONS[J], value=FIRST_D[J], key="d")
        c = step_size(C, STEP_SIZES[J], d, step_power(J), key="c")
    return Search(J, d, c)


def search_then_fit(search: Search, place: Places) -> None:
    """The neurons' way to the direction, and how much of it is search."""
    J, d, flow = search.J, search.d, search.flow
    with place.words:
        st.markdown(
            r"The smallest case: a teacher $\sigma(w \cdot x)$, a student $\sigma(v \cdot x)$ with "
            r"$|v| = 1$, and $\sigma = h_J$. A step takes one fresh sample, goes down "
            r"$\frac12(\sigma(v \cdot x) - \sigma(w \cdot x))^2$ by $\eta = c\,d^{-\max(J/2, 1)}$ "
            r"along the sphere, and brings $v$ back to length 1. All that counts is the overlap "
            r"$o = \langle v, w\rangle$; $u = o^2$ starts near $1/d$. Without the samples' noise"
        )
        st.latex(r"\frac{do}{d\tau} = J\,o^{J-1}(1 - o^2), \qquad \tau = \eta t")
        guess = guess_number(
            "search", r"The neuron *searches* until $u = 1/\sqrt d$ and *fits* from there to "
            rf"$u = \frac12$. Which share of its steps is search, at $J = {J}$ and $d = {d}$?",
            0.0, 100.0, 5.0, " %",
        )  # fmt: skip
        guess.near(
            100 * flow.search_share, 5, r"so many steps pass before $u = 1/\sqrt d$, without noise"
        )
    with place.answer:
        answer = st.empty()
        open_in_lab(search.experiment, "One neuron in the Live Lab, which trains its length too")

    def draw(paths: Paths | None) -> None:
        picture(search_and_fit(flow, paths, search.last, guess.share, guess.revealed),
                key="search_picture", revealed=guess.revealed,
                marker=guess.marker(guessed_search(flow, search.last, guess.stops)))  # fmt: skip
        if guess.revealed:
            answer.markdown(shares(flow, paths))

    with place.experiment:
        watch(search, "search", draw, guess.revealed)


def shares(flow: Flow, paths: Paths | None) -> str:
    """The shares of search and fit, with the numbers measured so far."""
    J = flow.J
    others = ", ".join(f"{Flow(i, flow.d, flow.c).search_share:.0%} at J = {i}"
                       for i in (1, 2, 3, 4))  # fmt: skip
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


def time_over_d(_: Search, place: Places) -> None:
    """How the recovery time grows with the dimension."""
    recovery = Recovery()
    with place.words:
        st.markdown(
            f"For $J = 1$ to $4$ and growing $d$, {recovery.seeds} neurons start at $u = 1/d$ "
            r"each, with the $c$ at which its slider begins. Counted are the samples (one a step) "
            r"until $u > \frac12$; drawn is the median, with a 95 % interval over the "
            "neurons. A point is there when 7 of 8 have arrived; the others count as slower."
        )
        guess = guess_number(
            "recovery", "When the dimension doubles, by which factor does the recovery time grow "
            "at $J = 4$?", 1.0, 32.0, 0.5,
        )  # fmt: skip
    with place.answer:
        answer = st.empty()

    def draw(scalings: dict[int, Scaling] | None) -> None:
        measured = scalings or {}
        picture(recovery_times(recovery.flows, measured, guess.value, guess.revealed),
                key="recovery_picture", view=True, revealed=guess.revealed)  # fmt: skip
        if guess.revealed:
            answer.markdown(about_exponents(measured))
        if 4 in measured and measured[4].factor is not None:
            guess.about(
                measured[4].factor, 1.5, f"measured; theory says $2^3 = {growth(4, 2):.0f}$"
            )
        else:
            guess.wait()

    with place.experiment:
        watch(recovery, "recovery", draw, guess.revealed)


def about_exponents(scalings: dict[int, Scaling]) -> str:
    """The theorem's exponents beside those measured so far."""
    rows = []
    for J, theorem in ((1, "d"), (2, r"d \log d"), (3, "d^2"), (4, "d^3")):
        scaling = scalings.get(J)
        measured = flow = "…"
        if scaling and scaling.fitted and scaling.fitted.ci and scaling.flow:
            low, high = scaling.fitted.ci
            measured = f"**{scaling.fitted.value:.2f}** ({low:.2f} to {high:.2f})"
            flow = f"{scaling.flow.value:.2f}"
        rows.append((f"{J}", f"${theorem}$", measured, flow))
    text = ""
    if 4 in scalings and scalings[4].factor is not None:
        text = (
            f"**× {scalings[4].factor:.1f}** is measured at $J = 4$; theory says "
            rf"$2^{{J-1}} = {growth(4, 2):.0f}$. "
        )
    waiting = sum(each.late for each in scalings.values())
    late = (
        f"{plural(waiting, 'neuron')} had not arrived when a point was drawn. " if waiting else ""
    )
    far = Flow(6, 64, STEP_SIZES[6])
    return (
        f"{text}{late}Ben Arous, Gheissari and Jagannath (2021) prove $d^{{J-1}}$ for $J \\ge 3$ "
        "(up to logarithms):\n\n"
        + table(("$J$", "theorem", "measured (95 %)", "flow"), rows)
        + "\n\n"
        r"Fitted are exponents of $d$ (for $J = 2$ beside the $\log d$), also to the flow at the "
        r"same $d$, which are not yet large. $J = 6$ is left out: at "
        f"$d = {far.d}$ its flow takes {far.arrival / 1e9:,.0f} billion steps."
    )


def rest_after_search(_: Search, place: Places) -> None:
    """How little is left after the search, wherever that is said to end."""
    with place.experiment:
        delta = select_slider("δ · search ends at overlap d^(−1/2 + δ)", DELTAS, 0.25, key="delta")
    with place.words:
        st.markdown(
            r"A random neuron starts at an overlap of $d^{-1/2}$. Ben Arous, Gheissari and "
            r"Jagannath (2021) prove that nearly all samples pass before the overlap is no longer "
            r"trivial. The talk says it of the way to $d^{-1/2+\delta}$ already, for any small "
            r"$\delta > 0$ and with $k = J$:"
        )
        st.latex(
            r"\begin{aligned} d^{-1/2} \to d^{-1/2+\delta}&:\; \tilde\Theta(d^{k-1}) "
            r"\text{ samples} \\ \text{the rest}&:\; o(d^{k-1}), \quad k \ge 3 \end{aligned}"
        )
        guess = guess_number(
            "left", rf"At $J = 4$, $\delta = {delta:g}$ and $d = 10^6$: how much of all steps is "
            "left after the search?", 0.0, 100.0, 1.0, " %",
        )  # fmt: skip
        guess.near(100 * float(share_left(4, FAR, delta)), 3, "the flow's steps are known exactly")
    with place.answer:
        if guess.revealed:
            st.markdown(
                rf"The rest falls as $d^{{-\delta(J-2)}}$: here $d^{{{share_exponent(4, delta):.2g}"
                rf"}}$ at $J = 4$ and $d^{{{share_exponent(3, delta):.2g}}}$ at $J = 3$. "
                "**However small δ is**, its first stretch takes nearly all of the time, if only "
                "$d$ is large enough. At $J = 2$ every factor in the overlap costs the same, and "
                r"$1 - 2\delta$ is left; at $J = 1$ all."
            )
            st.caption(
                "Lines: the flow, up to d = 10¹². Markers: SGD, the medians of 16 neurons; where "
                r"$d^{-1+2\delta} > \frac12$ nothing is left."
            )

    def draw(left: dict[int, RemainingShare] | None) -> None:
        picture(left_after_search(delta, left or {}, guess.share, guess.revealed),
                key="left_picture", view=True, revealed=guess.revealed)  # fmt: skip

    with place.experiment:
        watch(SearchShares(), "left", draw, guess.revealed)


def signal_and_noise(search: Search, place: Places) -> None:
    """A step as signal, drift and martingale, and what each has added to a neuron."""
    study, signal = DecomposedSearch(search), signal_formula(search.J)
    noise = study.recursion.sizes
    with place.words:
        st.markdown(
            rf"One step of SGD changes $u$ by signal and noise, here with $J = {search.J}$:"
        )
        st.latex(
            rf"\begin{{aligned}} u_{{t+1}} &= u_t + \eta\, {signal} + \eta^2 \zeta_t \\ "
            rf"du/d\tau &= {signal} \end{{aligned}}"
        )
        st.markdown(
            r"With $J = 4$ it is the talk's "
            r"$m_{t+1} = m_t + \eta a(1-m_t)m_t^2 + \eta^2\zeta_t$, $m = u$, whose $a$ has our 8 "
            r"in it. Without $\zeta$ it is Euler's method for the ODE. What is $\zeta$? Its mean "
            "at a given $u$ is a **drift**: the random push squared adds to $u$, going back to the "
            "sphere takes away. What is beyond the mean is a **martingale**: a fair game that "
            "wanders off all the same."
        )
        guess = guess_choice(
            "noise", r"While a neuron searches, which part of $\zeta$ moves $u$ more?",
            list(PARTS.values()),
        )  # fmt: skip
        guess.among(
            PARTS[noise.larger],
            f"in the {noise.steps:,.0f} steps in which the signal adds $1/d$, the martingale "
            f"wanders by ${noise.wander:.2g}/d$ and the drift adds ${noise.drift:.2g}/d$",
        )
    with place.answer:
        balance = st.empty()
        if guess.revealed:
            st.caption(
                rf"At $u = 1/d$: $\mathbb E\,\zeta = {noise.mean:.3g}$, standard deviation "
                rf"${scientific(noise.spread)}$, by quadrature over the sample. Each step's mean "
                "is known so, and the martingale is what is left."
            )

    def draw(drawn: Decomposition | None) -> None:
        picture(
            decomposed(study.recursion, drawn, search.last),
            key="noise_picture",
            view=True,
            revealed=guess.revealed,
        )
        balance.markdown(balanced(drawn, search.flow) if drawn is not None else "")

    with place.experiment:
        watch(study, "noise", draw, guess.revealed)


def signal_formula(J: int) -> str:
    """2 J u^(J/2) (1 - u) in KaTeX."""
    half = J // 2 if J % 2 == 0 else f"{J}/2"
    power = "u" if J == 2 else rf"u^{{{half}}}"
    return rf"{2 * J}\,{power}(1-u)"


def balanced(drawn: Decomposition, flow: Flow) -> str:
    """What has been added until now to the neuron that is drawn thick."""
    signal, drift, martingale = (
        part[-1, drawn.middle] for part in (drawn.signal, drawn.drift, drawn.martingale)
    )
    return (
        f"The neuron drawn thick has come from $u = {flow.start:.3g}$ to "
        f"**{drawn.u[-1, drawn.middle]:.3g}** in {drawn.steps[-1]:,.0f} steps: signal "
        f"{signal:+.3g}, drift {drift:+.3g}, martingale {martingale:+.3g}."
    )


def largest_step(search: Search, place: Places) -> None:
    """How small η has to be, so that the noise of the search stays below its signal."""
    sizes = NoiseSizes(max(search.J, 2))  # at J = 1 there is no search
    J = sizes.J
    with place.words:
        st.markdown(
            rf"While a neuron searches, at $u = 1/d$, the signal adds $1/d$ in $n = "
            rf"d^{{J/2-1}}/(2J\eta)$ steps, here with $J = {J}$. In these steps the noise adds"
        )
        st.latex(
            r"\underbrace{n\,\eta^2\,\mathbb E\zeta}_{\text{drift}} \;+\; "
            r"\underbrace{\sqrt n\;\eta^2\,\mathrm{sd}(\zeta)}_{\text{martingale}}."
        )
        guess = guess_number(
            "step_size", "As which power of $d$ must η fall, so that the noise of the search stays "
            f"below its signal, at $J = {J}$?", -4.0, 0.0, 0.25,
        )  # fmt: skip
        guess.near(
            sizes.power.value, 0.25, "fitted to the diamonds, where the martingale is as large"
        )
    with place.answer:
        if guess.revealed:
            limits = ", ".join(
                rf"${scientific(constant, 2)}\,d^{{-{J / 2:g}}}$ at $d = {d}$"
                for d, constant in sizes.largest_in_units().items()
            )
            st.markdown(
                r"Over the signal's $1/d$ the martingale is $\propto \sqrt{\eta\,d^{J/2}}$ and the "
                r"drift $\propto \eta\,d^{J/2}$: only $\eta\,d^{J/2}$ counts. So noise is absorbed "
                rf"for $\eta = \tilde O(d^{{-{J / 2:g}}})$"
                + (r", the talk's $\tilde O(d^{-2})$" if J == 4 else "")
                + f". Martingale and signal are alike at η = {limits}."
            )
            st.caption(
                "Lines: quadrature over one sample. "
                + (
                    "Circles: the spread of 4,096 neurons after 512 steps, ± two standard errors."
                    if sizes.measured
                    else f"At $J = {J}$ no sample shows the spread: rare steps make most of it."
                )
            )

    def draw(spreads: tuple[NoiseSpread, ...] | None) -> None:
        drawn = noise_sizes(sizes, spreads or (), guess.value, guess.revealed)
        picture(drawn, key="size_picture", view=True, revealed=guess.revealed)

    with place.experiment:
        watch(sizes, "size", draw, guess.revealed)


VIEWS = {
    "Time over d": time_over_d,
    "Search and rest": rest_after_search,
    "Signal and noise": signal_and_noise,
    "How small is η?": largest_step,
}

TASK = Task(
    r"Find the step constant $c$ at which noise and signal are alike for $J = 4$: at the start, "
    "bringing $v$ back to length 1 takes as much away from $o$ as the signal adds.",
    1e-6, 100.0, noise_over_signal, (0.9, 1.1), "noise takes away {} times what the signal adds",
)  # fmt: skip

begin("one_neuron")
place = part()
search = choose(place.experiment)
search_then_fit(search, place)
st.markdown("### A closer look")
view = segmented_control(
    "a closer look", list(VIEWS), default="Time over d", key="view", label_visibility="collapsed"
)
VIEWS[view](search, part("closer"))
finish("one_neuron", TASK)
