"""Lesson 12: quadratic networks: no jumps, and yet a power law."""

import streamlit as st

from emergence.lessons.quadratic.figure import scaling
from emergence.lessons.quadratic.model import local_exponent
from emergence.lessons.quadratic.study import (
    SEEDS,
    BothFlows,
    Curves,
    M,
    P,
    exact,
    experiment,
    logistic,
    losses_alone,
)
from emergence.theory.scaling import time_exponent
from emergence.ui.fields import select_slider, slider
from emergence.ui.guess import guess_number
from emergence.ui.lesson import begin, finish, lesson_link, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

SOURCE = (
    ":small[G. Ben Arous, M. A. Erdogdu, N. M. Vural, D. Wu, [*Learning quadratic neural networks "
    "in high dimensions: SGD dynamics and scaling laws*](https://arxiv.org/abs/2508.03688), 2025. "
    "The logistic curve: A. Saxe, J. McClelland, S. Ganguli, "
    "[2014](https://arxiv.org/abs/1312.6120).]"
)

TASK = Task(
    r"With $a_p/y = 10^8$ the slope in time is steeper than $(1-2\beta)/\beta$ by the log "
    r"correction. Find the $\beta$ at which it is $-1$.",
    0.55, 2.0, lambda beta: -local_exponent(beta, 1e8), (0.995, 1.005), "it is minus {}",
)  # fmt: skip

begin("quadratic")
words, place, after = part()
with place, st.container(horizontal=True):
    J = select_slider("J · information exponent, above", [2, 4], 2, key="J")
    d = select_slider("d · dimension", [10_000, 1_000_000], 1_000_000, key="d")
    beta = slider("β · how fast strengths fall", 0.7, 1.5, 0.8, 0.1, key="beta")
law = time_exponent(beta) or 0.0
with words:
    st.markdown(
        "With $J = 2$ nothing jumps. The student is the matrix $M = \\sum_k v_kv_k^\\top$, the "
        "teacher $A = \\sum_p a_pw_pw_p^\\top$ with $a_p = p^{-\\beta}$, the loss $|A-M|^2$, and "
        "the flow is"
    )
    st.latex(r"\dot M = 2(A-M)M + 2M(A-M)")
    st.markdown(
        f"{plural(P, 'direction')}, {plural(M, 'neuron')}, d = {d:,}. Each direction alone "
        "is a logistic curve, "
        r"$\dot R_p = 4a_pR_p(1-R_p)$ from $R_p = y/a_p$, $y = m s_0^2/d$: half is captured at"
    )
    st.latex(r"T_p = \frac{\log(a_p/y)}{4a_p}")
    guess = guess_number(
        "quadratic", "Without jumps: with which power of time does the loss of J = 2 fall, at "
        f"β = {beta:g}? (J = 4, by the law: {law:.2f}.)", -3.0, 0.0, 0.05,
    )  # fmt: skip
curves = exact(d, beta) if guess.revealed else None
with after:
    single = logistic(d, beta)
    if curves and (slope := curves.slope) and slope.ci:
        guess.near(slope.value, 0.1, f"fitted over {SEEDS} starts; the law is {law:.2f}")
        st.markdown(
            f"**Scaling without emergence.** Fitted: **{slope.value:.3f}** (95%: {slope.ci[0]:.3f} "
            f"to {slope.ci[1]:.3f} for the mean over {SEEDS} random starts, of this finite window: "
            r"the typical times of directions 4 to 32). $L \sim p^{1-2\beta}$ as with "
            r"$J = 4$, and $T_p \sim p^\beta\log(a_p/y)$: the same law $(1-2\beta)/\beta = "
            rf"{law:.2f}$, and a logarithm of $d$ instead of a power. As $a_p$ falls, so does the "
            r"logarithm $\Lambda = \log(a_p/y)$, and the slope in any finite window is steeper, "
            rf"$\frac{{1-2\beta}}{{\beta(1-1/\Lambda)}} = "
            rf"{single.exponent(11.0):.3f}$ at $p = 11$."
            "\n\n"
            r"A rise from 10% to 90% takes $4.4/\Lambda$ of $T_p$, and from direction "
            f"{single.overlapping} on the next one is at 10% before it is over: neighbours "
            r"overlap, and only before that steps are seen. The law needs $T_p \propto p^\beta$ "
            "up to logarithms; jumps keep the skills apart, and are not needed for the law."
            "\n\n:small[Blue: exact solution of the matrix equation. Circles: the coupled flow, "
            "integrated now, from the first start; orange: J = 4, in units of its own times. "
            "The losses have all directions beyond P added.]\n\n" + SOURCE
        )
    open_in_lab(experiment(J, d, beta), f"This run at J = {J} in the Live Lab")


def draw(runs: dict[int, Curves] | None) -> None:
    """The picture, with the flows so far."""
    alone = losses_alone(d, beta) if guess.revealed else None
    picture(scaling(beta, J, runs or {}, curves, alone, guess.value), key="quadratic_picture",
            revealed=guess.revealed)  # fmt: skip


with place:
    watch(BothFlows(d, beta), "quadratic", draw, guess.revealed)
with after:
    lesson_link("scaling_law")
    finish("quadratic", TASK)
