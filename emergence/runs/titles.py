"""What a run's titles and introduction may say: no more than follows from what is known.

Before the end that is the experiment and its predictions, at the end also what was measured. Each
sentence of `titles` and `introduction` is guarded by the fact it states (see `runs.facts`). On all
pictures a skill is *found* when some neuron's overlap u with it has passed 1/2, and *learned* when
the student has more than half of its strength.
"""

from __future__ import annotations

from dataclasses import dataclass

from emergence.experiment import Experiment
from emergence.runs.cost import shown
from emergence.runs.facts import Ending, Promise
from emergence.runs.record import census_words
from emergence.runs.simulation import Simulation
from emergence.theory.scaling import has_power_law, time_exponent
from emergence.theory.thresholds import EMERGED
from emergence.words import plural

MANY = 16
"""From so many directions on steps are narrow enough on the page to be seen as a line."""
NEAR_SLOPE = 0.2
"""A measured slope agrees with theory's within this share of it."""
FALLEN = 0.99
"""Share of the first loss below which it has fallen."""
OPTIMIZERS = {"sgd": "SGD", "momentum": "SGD with momentum", "adam": "Adam", "sign": "sign-SGD"}
ALWAYS = {
    "heatmap": "Overlaps, ordered by ι",
    "matching": "Who learns what (number: a neuron)",
    "board": "The prediction and the run",
}
"""Titles that claim nothing."""


@dataclass(frozen=True)
class Expected:
    """What theory expects of one picture: its title, and a sentence of the introduction."""

    title: str
    sentence: str


def titles_of(simulation: Simulation) -> dict[str, str]:
    """The titles of a simulation that is over."""
    plan, diverged = simulation.plan, simulation.diverged is not None
    ending = Ending.of(plan, simulation.record, simulation.crossing, diverged)
    return titles(Promise.of(plan), ending)


def titles(promise: Promise, ending: Ending | None = None) -> dict[str, str]:
    """Titles of the Live Lab's pictures, by name, and of its table; `ending` once it is over."""
    if not ending:
        changing = (
            _overlaps(promise).title,
            _loss(promise).title,
            _norms_before(promise),
            "Neuron map: a ring closes by its predicted time" if promise.due else "Neuron map",
        )
    elif ending.diverged:
        until = "until the run diverged"
        changing = (
            f"Overlaps, {until}",
            f"Loss, {until}",
            f"Norms, {until}",
            f"Neuron map, {until} (large norms are cut off)",
        )
    else:
        changing = (
            _overlaps_after(promise, ending),
            _loss_after(promise, ending),
            _norms_after(promise, ending),
            f"Neuron map: {ending.learned:,} of {plural(promise.experiment.P, 'skill')} learned",
        )
    said = dict(zip(("overlaps", "loss", "norms", "map"), changing, strict=True)) | ALWAYS
    if ending and ending.degradation and not ending.diverged:
        said["board"] += f": {ending.degradation.sentence}"
    if ending and not ending.diverged:
        said["matching"] = f"Who learns what, {census_words(ending.counts)}"
    left_out = _left_out(promise.experiment)
    return said | {name: said[name] + left_out for name in ("overlaps", "map", "heatmap")}


def _left_out(experiment: Experiment) -> str:
    """Of how many directions and neurons the overlaps are drawn, where it is not of all."""
    neurons, directions = shown(experiment)
    some = [
        f"{few:,} of {plural(many, what)}"
        for few, many, what in (
            (directions, experiment.P, "direction"), (neurons, experiment.m, "neuron")
        ) if few < many
    ]  # fmt: skip
    return f" ({', '.join(some)} drawn)" if some else ""


def _overlaps(promise: Promise) -> Expected:
    """When directions should be learned, and whether in a jump."""
    e, unseen = promise.experiment, _unseen(promise)
    if e.engine == "correlation":
        return Expected(
            "Overlaps: each neuron on its own, no deflation",
            unseen.sentence if unseen
            else "The triangles in the picture *Overlaps* are for a student with deflation.",
        )  # fmt: skip
    if unseen:
        return unseen
    each = "it" if e.P == 1 else "each" if promise.due == e.P else f"{promise.due:,} of them"
    small = " for small steps" if e.is_sgd else ""
    shown = "the triangles in the picture *Overlaps*"
    when = f"Theory says{small} when {each} should be learned ({shown})"
    if promise.jumps:
        where = "a jump at ▼" if promise.marked == 1 else "jumps at ▼"
        return Expected(f"Overlaps: theory predicts {where}", f"{when}, in a **sharp jump**.")
    if promise.mixed or e.J > 2:
        return Expected("Overlaps: u = 1/2 is predicted at ▼", f"{when}.")
    return Expected(
        f"Overlaps: J = {e.J}, theory predicts no sharp jump",
        f"At J = {e.J} the signal is there from the start: theory predicts **no sharp jump**, and "
        f"{shown} say when {each} should pass u = 1/2.",
    )


def _unseen(promise: Promise) -> Expected | None:
    """What is said where no predicted time is in the picture."""
    if not promise.due:
        none = "it is not" if promise.experiment.P == 1 else "none is"
        return Expected(
            "Overlaps: none is predicted to pass 1/2 in this run",
            f"By theory {none} learned within this run.",
        )
    if not promise.marked:
        return Expected(
            "Overlaps: the predicted times are off this axis",
            "The times that theory predicts are off the axis of the picture *Overlaps*.",
        )
    return None


def _loss(promise: Promise) -> Expected:
    """Whether the directions' weights should add up to a power law, and if not, why."""
    e = promise.experiment
    if e.engine == "correlation":
        return Expected("Loss: the norms stay s₀ (predictions: with deflation)", "")
    if e.P == 1:
        return Expected(
            "Loss: a single skill, no sum and no power law",
            "A power law takes many skills: raise P.",
        )
    if e.J == 1 and not promise.mixed:
        return Expected(
            "Loss: J = 1 sees one direction, no power law",
            "A linear link function sees only the sum of all directions: no power law.",
        )
    if e.m < e.P:
        neurons = plural(e.m, "neuron")
        return Expected(
            f"Loss: {neurons} for {plural(e.P, 'skill')}, a plateau is predicted",
            f"{neurons} can learn {e.m:,} of them at most: then the loss should stay on a plateau.",
        )
    if not has_power_law(e.beta):
        return Expected(
            "Loss: no power law at β ≤ 1/2",
            "At β ≤ 1/2 their strengths do not sum to a power law.",
        )
    if not promise.law:
        return Expected(
            "Loss: σ has a linear part, no power law predicted",
            "The link function's linear part turns neurons to the sum of all directions first: "
            "theory predicts no power law.",
        )
    many = "Of many, each with its neuron, the loss should follow a **power law**"
    if e.P < MANY:
        return Expected(
            f"Loss: {plural(e.P, 'skill')} here; hundreds make a power law",
            f"{many}; the {e.P} here are too few.",
        )
    return Expected(
        f"Loss: theory predicts slope {_slope(e):.2f} for P → ∞",
        f"{many}; here some have no neuron." if promise.timed < e.P else
        r"Theory has their times grow like $p^\beta$ and their weights $a_p^2$ fall like "
        r"$p^{-2\beta}$, so the sum of many, the total loss, should follow a **power law**: that "
        "is how emergence and scaling are to be one thing.",
    )  # fmt: skip


def _overlaps_after(promise: Promise, ending: Ending) -> str:
    e, found = promise.experiment, ending.found
    verb = _verb(promise, ending)
    if not found:
        none = {1: "the skill is not", 2: "neither skill is"}.get(
            e.P, f"none of {plural(e.P, 'skill')} is"
        )
        return f"Overlaps: {none} {verb} in this run"
    sharp = promise.jumps and ending.jumped == found
    if e.P == 1:
        return f"Overlaps: the skill is {verb}{' in a jump' if sharp else ''}"
    skills = plural(e.P, "skill")
    every = "both skills" if e.P == 2 else f"all {skills}"
    count = every if found == e.P else f"{found:,} of {skills}"
    said = [f"{count} {verb}"]
    if verb == "found" and ending.learned and e.engine != "correlation":
        said = [f"{count} found (u > 1/2)", f"{ending.learned:,} learned (Rₚ > 1/2)"]
    if ending.strayed:
        said.append(f"{ending.strayed:,} not by ι's neuron")
    elif sharp and len(said) == 1:
        said.append("each in a jump" if found > 1 else "in a jump")
    return f"Overlaps: {', '.join(said)}"


def _loss_after(promise: Promise, ending: Ending) -> str:
    e, theory = promise.experiment, _slope(promise.experiment)
    if e.engine == "correlation":
        return _loss(promise).title
    if ending.left > FALLEN:
        little = "hardly fallen" if ending.learned else "not fallen"
        return f"Loss: it has {'risen' if ending.left > 1 / FALLEN else little} in this run"
    left = _percent(ending.left)
    if e.P == 1:
        return f"Loss: a single skill; {left} is left"
    if e.m < e.P and ending.learned >= e.m:
        return f"Loss: {plural(e.m, 'neuron')} for {plural(e.P, 'skill')}; {left} is left"
    agrees = ending.slope is not None and abs(ending.slope - theory) <= NEAR_SLOPE * abs(theory)
    if promise.law and e.P >= MANY and ending.learned == e.P and agrees:
        if promise.jumps and ending.jumped == ending.found:
            return "Loss: the jumps add up to a power law"
        return "Loss: many skills add up to a power law"
    if not promise.law:
        if not has_power_law(e.beta):
            why = "at β ≤ 1/2"
        else:
            why = "predicted" if promise.mixed else "at J = 1"
        return f"Loss: {left} is left; no power law {why}"
    return f"Loss: {left} is left, {ending.learned:,} of {plural(e.P, 'skill')} learned"


def _verb(promise: Promise, ending: Ending) -> str:
    """What has happened to all with u > 1/2: found only, where norms of some are too small."""
    free = promise.experiment.engine == "correlation"
    return "found" if free or ending.learned < ending.found else "learned"


def _norms_before(promise: Promise) -> str:
    e = promise.experiment
    if e.engine == "correlation":
        return "Norms: all stay s₀"
    if promise.experiment.m <= e.P:
        return "Norms: a neuron that learns grows to aₚ"
    return "Norms: matched should grow to aₚ, others are grey"


def _norms_after(promise: Promise, ending: Ending) -> str:
    if promise.experiment.engine == "correlation":
        return _norms_before(promise)
    if not ending.matched:
        return "Norms: no neuron is matched"
    return f"Norms: {ending.grown:,} of {plural(ending.matched, 'neuron')} matched by ι grew to aₚ"


def _slope(experiment: Experiment) -> float:
    return time_exponent(experiment.beta) or 0.0


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}" if share >= 0.001 else "under 0.1%"


def introduction(promise: Promise) -> str:
    """The Live Lab's opening words, Markdown: what theory expects, whatever the run will show."""
    said = (
        _who(promise), broken_words(promise.experiment), _overlaps(promise).sentence,
        _loss(promise).sentence,
    )  # fmt: skip
    return " ".join(filter(None, said))


def broken_words(experiment: Experiment) -> str:
    """Which assumptions do not hold, in a sentence; "" where all do."""
    e = experiment
    said = {
        "rho": f"teacher directions overlap by ρ = {e.rho:g}",
        "noise": f"labels have noise of standard deviation {e.noise:g}",
        "samples": f"{plural(e.samples, 'sample')} come again and again",
        "second": "the second layer is trained as one of its own",
        "optimizer": f"the optimizer is {OPTIMIZERS[e.optimizer]}",
    }
    if not e.broken:
        return ""
    blurred = e.P > 1 and e.rho**2 > EMERGED
    return (
        f"**Broken here**: {', '.join(said[name] for name in e.broken)}. Tₚ, ι and the predicted "
        "losses are still those of the theory, which assumes otherwise; how far off they are "
        "stands above the table at the end."
    ) + blurred * (
        f" A neuron on one direction has u = ρ² = {e.rho**2:.2f} with every other: *found* "
        "and *crossing*, u > ½, do not tell them apart here; *learned* does."
    )


def _who(promise: Promise) -> str:
    e = promise.experiment
    directions = plural(e.P, "direction")
    if e.engine == "decoupled":
        if e.P == 1:
            return "The idealised dynamics of one direction and one neuron."
        each = "each" if promise.timed == e.P else f"{promise.timed:,} of them"
        return (
            f"The idealised dynamics: {directions}, a neuron for {each}, and no neuron knows of "
            "another."
        )
    if e.engine == "correlation":
        return (
            f"{plural(e.m, 'student neuron')}, a teacher of {directions}, **no deflation**: on "
            "-E[f f\\*] each neuron turns on its own, and all norms stay s₀."
        )
    how = "gradient flow on the population loss" if e.engine == "flow" else "online SGD"
    return f"A student of {plural(e.m, 'neuron')}, a teacher of {directions}, {how}."
