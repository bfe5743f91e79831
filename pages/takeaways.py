"""Lesson 10: the takeaways, each with the picture that showed it; references; symbols."""

import streamlit as st

from emergence.lessons.takeaways.figure import broken_laws
from emergence.lessons.takeaways.model import SKILLS, never_learned
from emergence.runs.examples import BROKEN, EXAMPLES
from emergence.theory.additive import AdditiveModel
from emergence.ui.lesson import begin, finish, lesson_link, open_in_lab, symbols
from emergence.ui.picture import picture
from emergence.ui.talk import LESSONS
from emergence.ui.task import Task

TAKEAWAYS = (
    (
        "puzzle",
        r"Skills of weight $p^{-2\beta}$, each learned "
        r"in a jump at $T_p \propto p^{\beta}$, add up to a line of slope $(1-2\beta)/\beta$.",
    ),
    (
        "link_functions",
        "Near zero overlap the "
        r"signal is of order $s^{J}$: for $J \ge 3$ a random start feels almost nothing.",
    ),
    (
        "one_neuron",
        r"For $J \ge 3$ one neuron wanders for "
        "about $d^{J-1}$ samples and then learns its direction at once.",
    ),
    (
        "idealised_dynamics",
        "One neuron a direction, from "
        "typical starts or chosen by ι, gives "
        r"$T_p$, the staircase, and by $p \to t$ the power law.",
    ),
    (
        "many_neurons",
        "Until direction 1 is learned, the other overlaps "
        "hardly move; then its signal is gone and the remaining neurons start afresh.",
    ),
    (
        "why_not_exp_kappa",
        r"Without the fitted signal vanishing, strong "
        "directions would take nearly all neurons, and the number needed would explode.",
    ),
    (
        "theorem",
        "Greedy matching on the start says which "
        "neuron learns which direction and when, up to a factor that tends to 1.",
    ),
    (
        "scaling_law",
        r"$L \sim m^{1-2\beta} \vee (\eta t "
        r"d^{1-J/2})^{(1-2\beta)/\beta}$; a budget is best spent on both.",
    ),
    (
        "sharp_transitions",
        r"A loss in $w^k$ jumps for $k \ge 3$; depth does it too. "
        "Which losses of real networks do is open.",
    ),
)

COLLAPSE = (
    r"**Cut the tail, and the law breaks off.** The power law is made of ever weaker skills. Data "
    "written by a model that has learned only the strongest $p$ do not show the rest: a student of "
    r"that model follows the law until $T_p$ and stops at $\sum_{q>p} a_q^2$, however long it "
    "trains. That is *model collapse* in the additive model of lesson 1; Dohmatob et al. (2024) "
    "study it as a change of scaling laws, with rare data in the place of weak skills."
)
TASK = Task(
    f"The data come from a model that has learned the $p$ strongest of {SKILLS} skills "
    r"($\beta = 1$). Find the $p$ with which 1 % of the loss can never be learned.",
    1, SKILLS, lambda p: 100 * never_learned(int(p)), (0.98, 1.02),
    "{} % of the loss is left for ever", whole=True,
)  # fmt: skip
MODEL = AdditiveModel(SKILLS, 1.0, 16.0)
AUTHORS = (8, 32, 128)  # skills that the author of the data knows

REFERENCES = (
    (
        "Ren, Nichani, Wu, Lee",
        "Emergence and scaling laws in SGD learning of shallow neural networks",
        "2025",
        "https://arxiv.org/abs/2504.19983",
    ),
    (
        "Ben Arous, Gheissari, Jagannath",
        "Online stochastic gradient descent on non-convex losses from high-dimensional inference",
        "2021",
        "https://arxiv.org/abs/2003.10409",
    ),
    (
        "Michaud, Liu, Girit, Tegmark",
        "The quantization model of neural scaling",
        "2023",
        "https://arxiv.org/abs/2303.13506",
    ),
    (
        "Nam, Fonseca, Lee, Mingard, Louis",
        "An exactly solvable model for emergence and scaling laws in the multitask sparse "
        "parity problem",
        "2024",
        "https://arxiv.org/abs/2404.17563",
    ),
    (
        "Li, Ma, Zhang",
        "Learning over-parametrized two-layer ReLU neural networks beyond NTK",
        "2020",
        "https://arxiv.org/abs/2007.04596",
    ),
    (
        "Arnaboldi, Dandi, Krzakala, Loureiro, Pesce, Stephan",
        "Online learning and information exponents: on the importance of batch size, and "
        "time/complexity tradeoffs",
        "2024",
        "https://arxiv.org/abs/2406.02157",
    ),
    (
        "Ganguli et al.",
        "Predictability and surprise in large generative models",
        "2022",
        "https://arxiv.org/abs/2202.07785",
    ),
    (
        "Dohmatob, Feng, Yang, Charton, Kempe",
        "A tale of tails: model collapse as a change of scaling laws",
        "2024",
        "https://arxiv.org/abs/2402.07043",
    ),
    (
        "Wei et al.",
        "Emergent abilities of large language models",
        "2022",
        "https://arxiv.org/abs/2206.07682",
    ),
    (
        "Kaplan et al.",
        "Scaling laws for neural language models",
        "2020",
        "https://arxiv.org/abs/2001.08361",
    ),
    (
        "Hoffmann et al.",
        "Training compute-optimal large language models",
        "2022",
        "https://arxiv.org/abs/2203.15556",
    ),
    (
        "Dandi et al.",
        "The benefits of reusing batches for gradient descent in two-layer networks",
        "2024",
        "https://arxiv.org/abs/2402.03220",
    ),
    (
        "Kingma, Ba",
        "Adam: a method for stochastic optimization",
        "2015",
        "https://arxiv.org/abs/1412.6980",
    ),
)

BREAKS = (
    "**Which assumption matters most?** The theory takes an orthonormal teacher, exact labels, "
    "fresh samples (to take them again may need fewer: Dandi et al.), weights tied to norms and "
    "plain SGD. Guess which of these its times can do without. In the Live Lab *Predict* asks how "
    "far crossing/Tₚ is off; the line above its table says it when the run is over."
)


def what_we_learned() -> None:
    """The takeaways, each with the way back to its lesson."""
    st.markdown("The links lead back to the picture that showed each step.")
    remember = {lesson.slug: lesson.remember for lesson in LESSONS}
    for slug, text in TAKEAWAYS:
        st.markdown(f"**{remember[slug]}** {text}")
        lesson_link(slug)


def model_collapse() -> None:
    """One step further: what a law does whose tail is cut."""
    st.markdown(COLLAPSE)
    picture(broken_laws(MODEL, AUTHORS), key="collapse_picture", height="low")
    lesson_link("puzzle")


def all_at_once() -> None:
    """The Live Lab's examples."""
    st.markdown("See it all at once:")
    for example in EXAMPLES:
        open_in_lab(example.experiment, f"Live Lab: {example.name}")


def what_breaks() -> None:
    """The theory's assumptions, each broken in the Live Lab."""
    st.markdown(BREAKS)
    for example in BROKEN:
        open_in_lab(example.experiment, f"Live Lab: {example.name}")


def references() -> None:
    """What the lessons cite."""
    st.subheader("References", anchor=False)
    st.markdown("\n".join(
        f"- {authors}, [*{title}*]({link}), {year}" for authors, title, year, link in REFERENCES
    ))  # fmt: skip


def every_symbol() -> None:
    """The glossary of all lessons."""
    st.subheader("Every symbol", anchor=False)
    with st.container(key="every_symbol"):
        symbols()


begin("takeaways")
learned, more = st.columns([0.58, 0.42], gap="medium")
with learned:
    what_we_learned()
    model_collapse()
    all_at_once()
    what_breaks()
with more:
    references()
    every_symbol()
finish("takeaways", TASK)
