"""Lesson 6: how many neurons find all directions, with and without deflation by training."""

from typing import NamedTuple

import streamlit as st

from emergence.lessons.why_not_exp_kappa.chain.figure import iterations, one_power, tensor_on_circle
from emergence.lessons.why_not_exp_kappa.chain.study import Chain
from emergence.lessons.why_not_exp_kappa.figure import (
    directions_found,
    neurons_needed,
    who_goes_where,
)
from emergence.lessons.why_not_exp_kappa.model import PowerMethod
from emergence.lessons.why_not_exp_kappa.study import (
    DirectionCounts,
    DirectionsFound,
    Fates,
    Needed,
    NeededWidths,
    Twins,
    joint_sgd,
)
from emergence.ui.fields import segmented_control, select_slider, slider
from emergence.ui.formatting import scientific
from emergence.ui.guess import NumberGuess, answered, guess_size
from emergence.ui.lesson import Column, Places, begin, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

FOUND, NEEDED, WHERE = VIEWS = ("Found", "Needed", "Who goes where")
OVER_P, OVER_KAPPA = "P", "κ"
SIZES = (4, 8, 16, 32, 64)
BETAS = (0.0, 0.5, 1.0, 1.5, 2.0)
P_SGD = 16
STOPS = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000, 10_000_000)


class TeacherChoice(NamedTuple):
    """What the controls say; those that a view does not show have their defaults."""

    P: int
    beta: float
    J: int = 4
    m: int = 48
    seed: int = 3
    against: str = OVER_P

    @property
    def theory(self) -> PowerMethod:
        """The power method on this teacher."""
        return PowerMethod(self.P, self.beta, self.J)


def choose_view(words: Column) -> str:
    """The view; the others can be chosen when the question has its answer."""
    shown = answered("why_not_exp_kappa")
    with words:
        view = segmented_control(
            "picture", VIEWS, default=FOUND, key="view", disabled=not shown,
            label_visibility="collapsed",
        )  # fmt: skip
    return view if shown else FOUND


def choose(view: str, experiment: Column) -> TeacherChoice:
    """The teacher, and what else the view depends on."""
    with experiment, st.container(horizontal=True):
        P = select_slider("P · directions", [4, 8, 16, 32], value=16, key="P")
        beta = slider("β · decay", 0.0, 2.0, 1.0, 0.1, key="beta")
        if view == WHERE:
            m = select_slider("m · neurons", [8, 16, 24, 32, 48, 64], value=48, key="m")
            seed = slider("seed", 1, 20, 3, key="seed")
            # SGD of the largest teacher takes too long for a lesson.
            return TeacherChoice(min(P, P_SGD), beta, m=m, seed=seed)
        J = select_slider("J · exponent", [4, 6], key="J")
        against = OVER_P
        if view == NEEDED:
            against = segmented_control(
                "against", [OVER_P, OVER_KAPPA], default=OVER_P, key="against"
            )
    return TeacherChoice(P, beta, J, against=against)


def question(chosen: TeacherChoice) -> NumberGuess:
    """Two ways to train, and how many neurons the one without deflation needs."""
    P, beta, theory = chosen.P, chosen.beta, chosen.theory
    st.markdown(
        "Each of the $P$ directions needs a neuron that goes there. Older analyses leave every "
        "neuron to itself: the **tensor power method**, or gradient descent on "
        r"$-\mathbb E[f f^*]$. Nothing takes away what is found (no *deflation*); a neuron $v$ "
        "ends at"
    )
    st.latex(r"q^*(v) = \arg\max_q\; a_q\,|\langle v, w_q\rangle|^{J-2}.")
    st.markdown(
        "To end at a weak direction, $v$ must beat all strong ones by luck. Such proofs ask for "
        r"about $\exp(\kappa)$ neurons, $\kappa = a_1/a_P$. **Joint SGD** fits a direction, and "
        "its signal is gone."
    )
    guess = guess_size(
        "why_not_exp_kappa", f"{P} directions, β = {beta:g}: how many random neurons does the "
        "power method need to find them all?", STOPS, " neurons",
    )  # fmt: skip
    guess.about(round(theory.needed()), 2, "with fewer, half of all trials miss a direction")
    return guess


def how_many_found(chosen: TeacherChoice, guess: NumberGuess, place: Places) -> None:
    """How many directions a number of neurons finds."""
    P, beta, J, theory = chosen.P, chosen.beta, chosen.J, chosen.theory
    with place.answer:
        if guess.revealed:
            st.markdown(
                f"Half of all trials need more than **{theory.needed():,.0f}** neurons, one in ten "
                f"more than {theory.needed(0.9):,.0f}: a neuron ends at direction {P} with "
                f"probability {theory.probabilities[-1]:.2g}. For joint training the order of "
                rf"$P \log P$ = **{theory.enough:,.0f}** is enough: when the strong directions are "
                "fitted, the free neurons have hardly moved and still have the luck of their "
                "start."
            )
            st.caption(
                r"Green: gradient flow until $2\max T_p$, found means $R_p > \frac12$. Bands and "
                "bars: the middle 80 % of the seeds."
            )
        reasons_and_lab(chosen, 3 * P)
    study = DirectionsFound(P, beta, J)

    def draw(counts: DirectionCounts | None) -> None:
        drawn = directions_found(study, counts, guess.value, guess.revealed, STOPS[-1])
        picture(drawn, key="found_picture", view=True, revealed=guess.revealed)

    with place.experiment:
        watch(study, "found", draw, guess.revealed)


def how_many_needed(chosen: TeacherChoice, guess: NumberGuess, place: Places) -> None:
    """How many neurons find all directions, over P or over κ."""
    P, beta, J, theory = chosen.P, chosen.beta, chosen.J, chosen.theory
    with place.answer:
        st.markdown(
            (
                r"As $P$ grows at fixed $\beta$, the number grows like $\exp(C\kappa^{\gamma})$, "
                rf"$\gamma = \frac{{2}}{{J-2+2\beta}} = {theory.rarity_exponent:.2g}$: faster than "
                r"any power of $\kappa$, though not quite $\exp(\kappa)$, the price of one weak "
                rf"direction among equally strong ones. At $P$ = {P}, $C\kappa^\gamma$ = "
                f"{theory.log_rarity:.1f}. "
                if beta
                else r"At $\beta = 0$ all directions are equally strong and $\kappa = 1$: the "
                r"number grows like $P\log P$ only. "
            )
            + r"For joint training the order of $P\log P$ is enough, whatever $\kappa$ is."
        )
        caption = st.empty()
        reasons_and_lab(chosen, 3 * P)
    by_size = chosen.against == OVER_P
    teachers = tuple((size, beta) for size in SIZES) if by_size else tuple((P, b) for b in BETAS)
    study = Needed(teachers, J)

    def draw(widths: NeededWidths | None) -> None:
        caption.caption(
            "Dots: medians; bars: the middle 80 % of the trials. Joint training: the smallest "
            "of the widths tried, m = P to 4 P, with which all are found until twice the last "
            f"$T_p$, P ≤ {Needed.LARGEST_JOINT}."
            + (f" More than 4 P in {widths.failed} of {plural(widths.trials, 'trial')}."
               if widths and widths.failed else "")
            + " The power method is not drawn at random where it would take too long."
        )  # fmt: skip
        picture(neurons_needed(study, widths, not by_size), key="needed_picture", view=True)

    with place.experiment:
        watch(study, "needed", draw)


def who_goes(chosen: TeacherChoice, guess: NumberGuess, place: Places) -> None:
    """Where each of the same neurons ends, trained in three ways."""
    with place.answer:
        st.markdown(
            "The same neurons three times; both SGD runs see the same samples. Left to themselves "
            + (
                "they crowd the strong directions"
                if chosen.beta
                else "they go to all directions alike, for all are equally strong"
            )
            + " (noise decides for those that are torn). Trained jointly, the **free** ones (grey) "
            "wait where they were until other signals are gone."
        )
        st.caption(
            r"Line: last at $u > \frac12$. Full: found (joint SGD: $R_p > \frac12$). "
            f"J = 4, P ≤ {P_SGD}."
        )
        reasons_and_lab(chosen, chosen.m)
    twins = Twins(chosen.P, chosen.beta, chosen.m, chosen.seed)

    def draw(fates: Fates | None) -> None:
        fates = fates or twins.start
        panels = {
            "power method": twins.power,
            "SGD on −E[f f*]": (fates.twin, fates.reached),
            "joint SGD": (fates.joint, fates.captured),
        }
        picture(who_goes_where(panels), key="where_picture", view=True)

    with place.experiment:
        watch(twins, "where", draw)


def reasons_and_lab(chosen: TeacherChoice, m: int) -> None:
    """Why exp(κ) is too many, and m neurons of this teacher in the Live Lab."""
    theory = chosen.theory
    with st.expander(r"Why get rid of $\exp(\kappa)$? Three practical reasons"):
        st.markdown(
            r"1. **κ must grow.** A smooth law needs many skills of very different strength: "
            r"$P \to \infty$ and, with $a_p = p^{-\beta}$, $\kappa = P^\beta \to \infty$. Here "
            f"$\\kappa = {scientific(theory.kappa, 2)}$.\n"
            "2. **Nobody can pay for it.** Memory and the time of a step grow with $m$. Here "
            f"$\\exp(\\kappa) \\approx 10^{{{theory.log10_exp_kappa:,.0f}}}$ neurons against "
            f"$P\\log P = {theory.enough:,.0f}$; and a law in the width $m$ that begins at "
            "$\\exp(\\kappa)$ is never seen.\n"
            "3. **Training is not done that way.** Leaving each neuron to itself means another "
            r"loss ($-\mathbb E[ff^*]$), directions first and norms later, or removing by hand "
            "what is found. The theorem is about one stage of plain SGD on the squared loss.\n\n"
            ":small[1 and 3 are the authors' (Ren et al. 2025), in our words; the numbers of 2 are "
            "computed here.]"
        )
    lab = joint_sgd(chosen.P, chosen.beta, m, chosen.seed)
    with st.container(horizontal=True):
        open_in_lab(lab, "Joint SGD in the Live Lab")
        open_in_lab(lab.replace(engine="correlation"), "The same without deflation")


def chain_of_ideas(beta: float, J: int) -> None:
    """How Hermite polynomials lead to tensors, and these to the power method."""
    st.subheader("One chain: Hermite → tensor → power method", anchor=False)
    chain = Chain(beta, J)
    hermite, tensor, power = st.columns(3)
    with hermite:
        st.markdown(
            "**1. Hermite polynomials** are orthogonal: of two neurons only a power of their "
            rf"overlap is left, $\mathbb E[h_{J}(w\cdot x)\,h_{J}(v\cdot x)] = "
            rf"\langle w, v\rangle^{J}$."
        )
        picture(one_power(*chain.pair(), J), key="hermite_picture", height="low")
    with tensor:
        st.markdown(
            rf"**→ 2. A tensor.** $\langle w,v\rangle^{J} = \langle w^{{\otimes {J}}}, "
            rf"v^{{\otimes {J}}}\rangle$, so $\mathbb E[f^*\sigma(v\cdot x)] = T(v,\ldots,v)$ with "
            rf"$T = \sum_p a_p w_p^{{\otimes {J}}}$; the loss is $\|T - \sum_k |v_k|^2 "
            rf"\bar v_k^{{\otimes {J}}}\|^2$."
        )
        picture(tensor_on_circle(*chain.circle(), J), key="tensor_picture", height="low")
    with power:
        st.markdown(
            rf"**→ 3. The power method.** Uphill is ${J}\,T(I,v,\ldots,v)$. Go there, back to "
            r"length 1, and again: $v \leftarrow T(I,v,\ldots,v)/|\cdot|$ ends at "
            rf"$\arg\max_q a_q|\langle v,w_q\rangle|^{{{J - 2}}}$."
        )
        picture(iterations(*chain.iterations()), key="power_picture", height="low")
    st.caption(
        r"Two teachers at a right angle in a plane, $a_1 = 1$, "
        rf"$a_2 = 2^{{-\beta}} = {chain.a[1]:.3g}$. Lines: the formula. Circles: integrals over x. "
        "The watershed is where both pull alike."
    )


DRAWN = {FOUND: how_many_found, NEEDED: how_many_needed, WHERE: who_goes}

TASK = Task(
    r"8 directions, $\beta = 0.5$, $J = 4$. Find the number of neurons with which the power method "
    "finds all 8 in nine of ten trials.",
    1, 1_000_000, lambda m: 100 * PowerMethod(8, 0.5, 4).chance(m), (87.0, 93.0),
    "all are found in {} % of the trials", whole=True,
)  # fmt: skip

begin("why_not_exp_kappa")
place = part()
view = choose_view(place.words)
chosen = choose(view, place.experiment)
with place.words:
    guess = question(chosen)
DRAWN[view](chosen, guess, place)
chain_of_ideas(chosen.beta, chosen.J)
finish("why_not_exp_kappa", TASK)
