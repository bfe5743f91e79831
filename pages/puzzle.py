"""Lesson 1: emergence against scaling laws, and how both can be true."""

from dataclasses import replace

import streamlit as st

from emergence.experiment import Experiment
from emergence.lessons.puzzle.figure import STEEPEST, guessed_slope, skills_and_loss
from emergence.lessons.puzzle.model import MANY, slope_of_many
from emergence.theory.additive import AdditiveModel
from emergence.ui.fields import select_slider, slider
from emergence.ui.formatting import exact
from emergence.ui.guess import NumberGuess, answered, guess_number
from emergence.ui.lesson import Column, begin, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task

FEW = 3  # skills before the guess; MANY after it
FILM = (FEW, 8, 32, 128)  # and on the way


def choose(experiment: Column) -> AdditiveModel:
    """The skills: few until the question is answered, then many."""
    with experiment, st.container(horizontal=True):
        P = select_slider(
            "P · number of skills", [1, 2, 3, 5, 8, 16, 32, 64, 128, 256, 512],
            value=MANY if answered("puzzle") else FEW, key="P",
        )  # fmt: skip
        beta = slider("β · how fast their weights fall", 0.6, 2.0, 1.0, 0.05, key="beta")
        sharpness = select_slider(
            "sharpness of each curve", [2, 4, 8, 16, 32, 64], value=16, key="sharpness"
        )
    return AdditiveModel(P, beta, sharpness)


def question(model: AdditiveModel) -> NumberGuess:
    """The two observations, the model that may hold them together, and a guess."""
    st.markdown(
        "Large networks show two things that do not seem to fit "
        "([Ganguli et al. 2022](https://arxiv.org/abs/2202.07785)). **Emergence**: a skill is "
        "absent for a long time, and then it is there, in a sharp jump "
        "([Wei et al. 2022](https://arxiv.org/abs/2206.07682)). **Scaling laws**: the loss falls "
        "as a smooth power law, predictable over decades "
        "([Kaplan et al. 2020](https://arxiv.org/abs/2001.08361); "
        "[Hoffmann et al. 2022](https://arxiv.org/abs/2203.15556)).\n\n"
        "Perhaps the loss is a sum of many skills. In the models of "
        "[Michaud et al. 2023](https://arxiv.org/abs/2303.13506) and "
        "[Nam et al. 2024](https://arxiv.org/abs/2404.17563) a skill is late because the *data* "
        "rarely ask for it. Here every sample asks for all of them, and a skill is late because "
        "it is *weak* in the teacher. Skill "
        r"$p$ weighs $a_p^2 = p^{-2\beta}$ and is learned around $T_p = p^{\beta}$:"
    )
    st.latex(r"L(t) = \sum_{p=1}^{P} a_p^2 \cdot (\text{share of skill } p \text{ missing at } t)")
    many = replace(model, P=MANY)
    guess = guess_number(
        "puzzle", "With hundreds of skills the loss becomes a straight line in log–log. "
        f"What is its slope at β = {exact(model.beta)}?", STEEPEST, 0.0, 0.1, resets=("P",),
    )  # fmt: skip
    guess.near(many.fitted.value, 0.1, f"fitted to {MANY} skills; theory says {many.exponent:.2f}")
    return guess


def answer(model: AdditiveModel) -> str:
    """Where the slope comes from, and what the number of skills and their sharpness do to it."""
    few = replace(model, P=FEW)
    soft, sharp = (replace(model, sharpness=each).fitted.value for each in (2, 64))
    return (
        r"The skills still missing at time $t$ are those with $p > t^{1/\beta}$, and "
        r"$\sum_{q>p} q^{-2\beta} \approx p^{1-2\beta}/(2\beta-1)$. So the slope is "
        rf"$\frac{{1-2\beta}}{{\beta}} = {model.exponent:.2f}$; fitted to the {model.P} "
        f"{'skill' if model.P == 1 else 'skills'} drawn here it is {model.fitted.value:.2f}. "
        "With few skills one sees the steps and no line: the same fit to "
        f"{FEW} says {few.fitted.value:.2f}. With hundreds the steps drown in the sum. "
        "Change the sharpness: of curves of "
        f"sharpness 2 the fitted slope is {soft:.3f}, of sharpness 64 {sharp:.3f}."
    )


TASK = Task(
    f"The loss of {MANY} skills is to fall as the power $-1.25$ of the time. Find the β that does "
    "it (the picture's β and its slope help).",
    0.6, 2.0, slope_of_many, (-1.27, -1.23), "the fitted slope is {}",
)  # fmt: skip

begin("puzzle")
words, experiment, after = part()
model = choose(experiment)
with words:
    guess = question(model)
with after:
    if guess.revealed:
        st.markdown(answer(model))
    open_in_lab(
        Experiment(P=16, d=128, m=64, beta=model.beta), "A network that does this, in the Live Lab"
    )
with experiment:
    counts = (*FILM, model.P) if guess.just_now else (model.P,)
    *film, last = (
        skills_and_loss(replace(model, P=count), guess.value, guess.revealed) for count in counts
    )
    picture(
        last,
        key="puzzle_picture",
        revealed=guess.revealed,
        film=film,
        marker=guess.marker(guessed_slope(model, guess.stops)),
    )
with after:
    finish("puzzle", TASK)
