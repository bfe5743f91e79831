"""Lesson 1: emergence against scaling laws, and how both can be true."""

import streamlit as st

from emergence.experiment import Experiment
from emergence.figures.puzzle import skills_and_loss
from emergence.theory.additive import AdditiveModel
from emergence.ui.lesson import begin, columns, guess_number, open_in_lab
from emergence.ui.picture import picture

begin("puzzle")
words, experiment = columns()
with experiment, st.container(horizontal=True):
    P = st.select_slider("P · number of skills", [1, 2, 3, 5, 8, 16, 32, 64, 128, 256, 512],
                         value=3, key="P", bind="query-params")  # fmt: skip
    beta = st.slider("β · how fast their weights fall", 0.6, 2.0, 1.0, 0.05,
                     key="beta", bind="query-params")  # fmt: skip
    sharpness = st.select_slider("sharpness of each curve", [2, 4, 8, 16, 32, 64], value=16,
                                 key="sharpness", bind="query-params")  # fmt: skip
model = AdditiveModel(P, beta, sharpness)
with words:
    st.markdown(
        "Large networks show two things that do not seem to fit. **Emergence**: a skill is absent "
        "for a long time, and then it is there, in a sharp jump. **Scaling laws**: the loss falls "
        "as a smooth power law, predictable over decades.\n\n"
        "Perhaps the loss is a sum of many skills (Michaud et al. 2024; Nam et al. 2024). Skill "
        r"$p$ weighs $a_p^2 = p^{-2\beta}$ and is learned around $T_p = p^{\beta}$:"
    )
    st.latex(r"L(t) = \sum_{p=1}^{P} a_p^2 \cdot (\text{share of skill } p \text{ missing at } t)")
    guess = guess_number(
        "puzzle", "With hundreds of skills the loss becomes a straight line in log–log. "
        f"What is its slope at β = {beta:g}?", -3.0, 0.0, -0.4, 0.1,
    )  # fmt: skip
    if guess.revealed:
        st.markdown(
            r"The skills still missing at time $t$ are those with $p > t^{1/\beta}$, and "
            r"$\sum_{q>p} q^{-2\beta} \approx p^{1-2\beta}/(2\beta-1)$. So the slope is "
            rf"$\frac{{1-2\beta}}{{\beta}} = {model.exponent:.2f}$; fitted to the {P} "
            f"{'skill' if P == 1 else 'skills'} drawn here it is **{model.fitted:.2f}**. "
            "Now raise P from 1 to hundreds: the steps drown in the sum. Lower the sharpness: the "
            "line hardly notices."
        )
    open_in_lab(
        Experiment(P=16, d=128, m=64, beta=beta), "A network that does this, in the Live Lab"
    )
with experiment:
    picture(
        skills_and_loss(model.t, model.missing, model.loss, model.corrected, model.slope,
                        model.exponent, guess.value, guess.revealed),
        key="puzzle_picture",
    )  # fmt: skip
