"""Lesson 13: where the additive hypothesis comes from: skills that are late because rare."""

import streamlit as st

from emergence.lessons.parity.figure import solved
from emergence.lessons.parity.model import (
    COMPUTE,
    DATA,
    HIGH,
    LOW,
    PARAMETERS,
    RESOURCES,
    SEEDS,
    SKILLS,
    TIME,
    Curves,
    curves,
    exponent,
    weak_instead,
)
from emergence.lessons.parity.network.figure import trained
from emergence.lessons.parity.network.study import STEPS, Trained, Trainings
from emergence.runs.sparse_parity import HEAD, Seeds
from emergence.theory.fits import Slope
from emergence.ui.fields import select_slider, selectbox
from emergence.ui.guess import guess_number
from emergence.ui.lesson import Places, begin, choice, finish, lesson_link, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

SOLVED, NETWORK = "Solved exactly", "A real network"
NETWORK_ALPHAS, WIDTHS = [0.4, 0.6, 1.0], [32, 64, 128, 256]
ALPHAS = [0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5]
SOURCE = (
    ":small[Y. Nam, N. Fonseca, S. H. Lee, C. Mingard, A. A. Louis, [*An exactly solvable model "
    "for emergence and scaling laws in the multitask sparse parity "
    "problem*](https://arxiv.org/abs/2404.17563), 2024. E. J. Michaud, Z. Liu, U. Girit, "
    "M. Tegmark, [*The quantization model of neural "
    "scaling*](https://arxiv.org/abs/2303.13506), 2023.]"
)
LAWS = {
    TIME: r"L \sim t^{-\alpha/(\alpha+1)}",
    DATA: r"L \sim D^{-\alpha/(\alpha+1)}",
    PARAMETERS: r"L \sim N^{-\alpha}",
    COMPUTE: r"L \sim C^{-\alpha/(\alpha+2)}",
}
WHY = {
    TIME: "Skill k is half learned at $T_k \\propto 1/p_k \\propto k^{\\alpha+1}$, and then "
    "$\\sum_{q>k} p_q \\sim k^{-\\alpha}$ is left.",
    DATA: "Of D samples about $p_kD$ ask for skill k: it has been seen when $D > 1/p_k \\propto "
    "k^{\\alpha+1}$, and $k^{-\\alpha}$ is left, as over time.",
    PARAMETERS: "The N most frequent skills fit in: $\\sum_{q>N} p_q \\sim N^{-\\alpha}$ is left.",
    COMPUTE: "It is best to stop when the last skill that fits in has been learned: $t = T_N "
    "\\propto N^{\\alpha+1}$, so that $C = Nt \\propto N^{\\alpha+2}$, and $N^{-\\alpha}$ is left.",
}
RANDOM = {
    TIME: f"the mean over {SEEDS} random starts",
    DATA: f"the mean over {SEEDS} random sets of data",
    COMPUTE: f"the mean over {SEEDS} random starts",
}


def exactly(place: Places) -> None:
    """The model in closed form, over one resource."""
    with place.experiment, st.container(horizontal=True):
        resource = selectbox("resource", RESOURCES, key="resource")
        alpha = select_slider("α · how fast frequencies fall", ALPHAS, 0.6, key="alpha")
    law = exponent(resource, alpha)
    with place.words:
        st.markdown(
            f"{SKILLS:,} skills, each the parity of its own few bits. Skill k is asked for with "
            r"probability $p_k \propto k^{-(\alpha+1)}$: **a skill is late because it is rare**. "
            "The model gives each skill a product of two parameters, "
            r"$f = \sum_k a_kb_k\,g_k$, and $R_k = a_kb_k$ is how much of it is learned."
        )
        st.latex(r"\dot R_k = 2p_k\,R_k(1-R_k)")
        st.markdown(
            r"A logistic curve: half at $T_k = \frac{1}{2p_k}\log(1/R_k(0) - 1)$. The loss is "
            r"$L = \sum_k p_k(1-R_k)^2$."
        )
        guess = guess_number(
            "solved", f"With which power of **{resource}** does the loss fall, at α = {alpha:g}?",
            -2.0, 0.0, 0.05,
        )  # fmt: skip
    found = curves(resource, alpha) if guess.revealed else None
    with place.answer:
        if found:
            guess.near(found.slope.value, 0.03, f"theory says {law:.3f}")
            st.latex(LAWS[resource])
            st.markdown(measured(found, law))
        st.markdown(SOURCE)
        open_in_lab(weak_instead(alpha), "The same weights, late because weak, in the Live Lab")
    with place.experiment, st.container():  # as deep as a study's
        picture(solved(resource, alpha, found, guess.value), key="solved_picture", view=True,
                revealed=guess.revealed)  # fmt: skip


def measured(found: Curves, law: float) -> str:
    """The fitted exponent with its interval, and where it comes from."""
    slope, (flat, steep) = found.slope, found.decades
    if slope.ci:
        low, high = slope.ci
        interval = f"(95%: {low:.4f} to {high:.4f} for {RANDOM[found.resource]})"
    else:
        interval = "(nothing is random here: there is no interval; whole skills make the steps)"
    return (
        f"{WHY[found.resource]}\n\n"
        f"Theory: **{law:.4f}**. Fitted while skills {LOW:g} to {HIGH:,.0f} are learned: "
        f"**{slope.value:.4f}** {interval}. Over single decades of skills it is between "
        f"{flat:.3f} and {steep:.3f}.\n\n"
        "In the talk, direction p is late because its signal is weak: $a_p = p^{-\\beta}$. Here "
        "skill k is late because it is rare. In both, weight and time are powers of the rank, and "
        "the sum is a power law. At equal weights, $p_k = a_k^2$, the rare are later: $T_k \\sim "
        "1/p_k$ instead of $1/a_k$, and the power of time is half as large. And a single skill is "
        "a logistic curve here, as with $J = 2$; at $J = 4$ it jumps.\n\n"
    )


def a_network(place: Places) -> None:
    """A real network on the same problem, trained now."""
    with place.experiment, st.container(horizontal=True):
        alpha = select_slider("α · how fast frequencies fall", NETWORK_ALPHAS, 0.6, key="alpha_net")
        width = select_slider("m · hidden neurons", WIDTHS, 128, key="width")
    study = Trainings(alpha, width)
    settings = study.settings()
    skills, samples = plural(settings.tasks, "skill"), plural(settings.batch, "fresh sample")
    with place.words:
        st.markdown(
            f"Now a real network: one hidden layer of {plural(width, 'ReLU neuron')}, "
            f"{skills}. Its input says which skill is asked for (a control bit for each) "
            f"and has {plural(settings.n, 'random bit')} $x_i = \\pm 1$; the answer is the "
            f"product of {settings.k} of them, others for each skill. Skill k is asked for with "
            f"probability $p_k \\propto k^{{-{alpha + 1:g}}}$. Batches of "
            f"{samples}, plain SGD, η = {settings.eta:g}, {STEPS:,} steps. "
            "Nobody keeps the skills apart here: they share all neurons."
        )
        guess = guess_number(
            "network", f"How many of the {skills} has it learned in the end? "
            "($R_k > \\frac12$, the first seed.)", 0, settings.tasks, 1,
        )  # fmt: skip
    with place.answer:
        answer = st.empty()

    def draw(latest: Trained | None) -> None:
        picture(trained(latest), key="network_picture", view=True, revealed=guess.revealed)
        seeds = latest.seeds if latest else None
        if seeds:
            guess.near(seeds.learned[0], 1, f"after {STEPS:,} steps")
        else:
            guess.wait()
        answer.markdown((told(study, seeds) if seeds else "") + ORIGINALS + SOURCE)

    with place.experiment:
        watch(study, "network", draw, guess.revealed)


def told(study: Trainings, seeds: Seeds) -> str:
    """What was measured over the seeds so far, failures too, beside the solvable model."""
    more, law = study.alpha + 1, exponent(TIME, study.alpha)
    skills, count = plural(study.settings().tasks, "skill"), len(seeds.learned)
    text = (
        f"**Learned of {skills}:** {', '.join(map(str, seeds.learned))} "
        f"({plural(count, 'seed')}{f', {seeds.diverged} diverged' if seeds.diverged else ''}); the "
        f"others are not learned within {STEPS:,} steps.\n\n"
    )
    lacking = count - seeds.delays
    if seeds.delay:
        text += (
            f"**Times:** $T_k \\sim k^x$ over skills 1 to {HEAD} has x = "
            f"**{seeds.delay.value:.2f}** {interval(seeds.delay, seeds.delays)}; the model says "
            f"α + 1 = {more:.2f}{judged(seeds.delay, more)}."
        )
        if lacking:
            text += f" ({plural(lacking, 'seed')} left out: one of these skills is not learned.)"
    else:
        text += f"**Times:** no seed has learned all of skills 1 to {HEAD}: no exponent."
    if seeds.slope:
        text += (
            f"\n\n**Loss:** its exponent in steps is **{seeds.slope.value:.3f}** "
            f"{interval(seeds.slope, count - seeds.diverged)}, all rarer skills added, from "
            f"{seeds.slope.window[0]:,.0f} to {seeds.slope.window[1]:,.0f} steps; the model says "
            f"{law:.3f}{judged(seeds.slope, law)}."
        )
    else:
        text += f"\n\n**Loss:** no exponent: {STEPS:,} steps are too few for its window."
    return (
        f"{text}\n\nDiamonds and the dotted line are the solvable model, calibrated on skill 1 "
        "alone. What it leaves out: in the network the skills share neurons, and what one has "
        "learned changes the weights of all.\n\n"
    )


def interval(slope: Slope, seeds: int) -> str:
    """The interval of a mean over seeds, in words."""
    if slope.ci is None:
        return "(one seed: no interval)"
    mean = plural(seeds, "seed")
    return f"(95%: {slope.ci[0]:.3f} to {slope.ci[1]:.3f} for the mean of {mean})"


def judged(slope: Slope, model: float) -> str:
    """Whether the model's exponent is in the interval, as the end of a sentence."""
    if slope.ci is None:
        return ""
    inside = slope.ci[0] <= model <= slope.ci[1]
    return ", inside of the interval" if inside else ", **outside of it: they disagree**"


ORIGINALS = (
    ":small[The originals: Michaud et al. have 500 tasks, n = 100 bits, k = 3, $p_i \\propto "
    "i^{-1.4}$, AdamW at 0.001, batches of 20,000. Nam et al. have 5 skills, 32 bits, k = 3, width "
    "1000, SGD at 0.02 to 0.05, batches of 4,000, $p_i \\propto i^{-1.6}$. Ours are smaller, so "
    "that a run takes seconds on one core: fewer bits, so that each skill's loss and $R_k$ are "
    "exact, over all $2^n$ inputs; small batches of fresh samples; small output weights at the "
    "start, a tenth of the usual.]\n\n"
)
VIEWS = {SOLVED: exactly, NETWORK: a_network}

TASK = Task(
    r"Frequencies $p_k \propto k^{-(\alpha+1)}$. Find the $\alpha$ at which ten times the "
    "**compute**, spent in the best way, leaves half of the loss.",
    0.05, 5.0, lambda alpha: 100 * 10 ** exponent(COMPUTE, alpha), (49.5, 50.5),
    "it leaves {} %",
)  # fmt: skip

begin("parity")
place = part()
choice(VIEWS, place.words)(place)
with place.answer:
    lesson_link("quadratic")
    finish("parity", TASK)
