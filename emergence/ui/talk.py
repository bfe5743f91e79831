"""The lessons in the order of the talk, and beyond it, each with the lecturer's plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emergence.folders import app_folder

PAGES = app_folder() / "pages"


@dataclass(frozen=True)
class Plan:
    """What a lecturer does with a lesson: for the desk (`ui.server.desk`) and the teacher's guide.

    Plain text, no formulas. What stands in “ ” in `point` is on the page: a control, a view.

    minutes : that it takes in a lecture of an hour and a half
    ask : the question, before anything is shown
    point : what to point at, and what to move
    misconception : what many will think, and what is true
    onward : what leads on to the next
    """

    minutes: int
    ask: str
    point: str
    misconception: str
    onward: str


@dataclass(frozen=True)
class Lesson:
    """One lesson; `slug` names its file in `pages` and its address, `remember` what it leaves."""

    slug: str
    title: str
    remember: str
    plan: Plan

    @property
    def path(self) -> Path:
        return PAGES / f"{self.slug}.py"


TALK = (
    Lesson(
        "puzzle",
        "The puzzle",
        "A smooth law can be a sum of jumps.",
        Plan(
            7,
            "Three skills make steps. What will the loss of hundreds of skills look like, and "
            "with which slope does it fall?",
            "First the steps: one skill, one drop. After the answer set “P · number of skills” to "
            "3 and back to 512: the steps drown in the sum. Then “sharpness of each curve” from 2 "
            "to 64: single skills change a lot, the slope of the loss hardly.",
            "“If the loss is smooth, each skill must be learned smoothly.” It need not: a smooth "
            "line can be a sum of jumps.",
            "Here the times were put in by hand. Does a network that is trained produce them? "
            "That begins with what one neuron feels at its start.",
        ),
    ),
    Lesson(
        "link_functions",
        "Link functions and the information exponent",
        "The information exponent $J$ decides how flat the start is.",
        Plan(
            8,
            "What is the information exponent of |z|? And what does a random neuron feel of a "
            "direction that it hardly overlaps with?",
            "The first bar after degree 0 that is not zero. Then “Correlation landscape”: where a "
            "random start lies, and how flat the curve is there. Take “h₄” and raise “d · "
            "dimension”: the start moves to where nothing pulls.",
            "“J is the degree of the polynomial.” It is the lowest degree present, not the "
            "highest: nearly every cubic has J = 1, as the task at the end shows.",
            "A flat start means waiting. How long does one neuron wait that learns by SGD?",
        ),
    ),
    Lesson(
        "one_neuron",
        "One neuron",
        "Nearly all the time goes into the search.",
        Plan(
            10,
            "Before a neuron finds its direction it searches. Which share of all its steps is "
            "that?",
            "How long the lines stay down, and how steep they rise then. Another “J · information "
            "exponent”: at J = 1 nobody waits. Raise “η · Step size”: noise wins, and what is "
            "found is lost again. “Time over d” has the measured exponents beside the theorem's.",
            "“Nothing happens on a plateau; the neuron is stuck.” It is pulled all the time, but "
            "in proportion to a power of its overlap, and that is tiny.",
            "One neuron and one direction are understood. Now each direction gets a neuron of its "
            "own, and we forget that they share one error.",
        ),
    ),
    Lesson(
        "idealised_dynamics",
        "The idealised dynamics",
        "Without interaction everything can be computed.",
        Plan(
            9,
            "A squared overlap u grows from 1/d to 1/2. How large is it when 90 % of the time is "
            "over?",
            "The five steps, once the answer is shown: “one pair”, “its time”, “the sum”, “p → "
            "t”, “power law”. In “p → t” the same dots get their time for a name instead of their "
            "number: that is the whole derivation of the exponent. In “power law” take “one "
            "random neuron each”: the law breaks; “greedy ι, m = P” nearly brings it back.",
            "“A power law needs randomness, or averaging.” Nothing is random with equal starts. "
            "It is counting: direction p comes at p to the β, and what is missing after it falls "
            "like p to the 1−2β.",
            "But real neurons share one error. Why may they be treated as if each were alone?",
        ),
    ),
    Lesson(
        "many_neurons",
        "Many neurons at once",
        "Sharp jumps decouple the skills.",
        Plan(
            10,
            "With J = 2 no transition is sharp. When the first direction is found, how far have "
            "the other neurons turned to directions that are not theirs?",
            "The four acts, “Drift”, “Found”, “Signal gone”, “The rest turn”, with J = 4 and J = "
            "2 beside each other. In “Found” the irrelevant overlaps: with J = 4 they have had "
            "little time to grow. Below, the two claims over growing d.",
            "“The strongest direction pulls hardest, so all neurons end there.” Once it is "
            "fitted, hardly anything is left of its signal, and with J = 4 the others have kept "
            "the luck of their start.",
            "And if the signal of what is found did not go? That is how older analyses train.",
        ),
    ),
    Lesson(
        "why_not_exp_kappa",
        "Why not exp(κ) neurons?",
        r"$P\log P$ neurons are enough.",
        Plan(
            10,
            "Each neuron is left to itself: how many random neurons does it take until every "
            "direction has one?",
            "In “Found” with how few neurons joint training has all directions, and with how many "
            "the power method. In “Who goes where” the same neurons, trained in three ways: the "
            "free ones, grey, wait until other signals are gone. Set “β · decay” to 0: among "
            "equally strong directions nothing explodes.",
            "“So many neurons are needed because the problem is hard.” They are the price of "
            "leaving each neuron to itself. For joint training the order of P log P is enough.",
            "What exactly does the theorem promise of joint training, and how true is it at sizes "
            "that we can run?",
        ),
    ),
    Lesson(
        "theorem",
        "The theorem, checked",
        "The times are predicted before the run.",
        Plan(
            10,
            "The times are written down before the run starts. Within how many per cent of them "
            "do 8 of 10 directions emerge?",
            "“times”: the discs close in on the dotted line as d grows. The list of assumptions: "
            "lower “m · neurons” until one of them fails, and say what it is for. “matching”: how "
            "often the neuron that finds a direction is the one that the start has named.",
            "“A theorem about infinite d says nothing about d = 64.” The page says by how much it "
            "is off at each d; it does not say that the theorem is exact at any.",
            "The times are settled. Now add up: over time, over width, over budget.",
        ),
    ),
    Lesson(
        "scaling_law",
        "The scaling law",
        "Time and width obey power laws together.",
        Plan(
            10,
            "Twice the neurons, still fewer than directions: with which power of m do the "
            "plateaus fall?",
            "“time”: the widths fall together, and one after the other rests on a plateau of its "
            "own. “budget”: the lower edge of all the curves is the best width for each budget. "
            "“step size”: why there are two exponents in time, and that one has to say which. "
            "“holes”: the strong directions that a narrow student misses.",
            "“m neurons learn the m strongest directions.” Only up to logarithms: a lucky start "
            "beats strength, and a strong direction whose good neurons are taken is missed for "
            "ever.",
            "All of this rests on jumps. Where do they come from? Take the network away and look "
            "at one number.",
        ),
    ),
    Lesson(
        "sharp_transitions",
        "Where do sharp transitions come from?",
        "Products make plateaus.",
        Plan(
            8,
            "A product of several small factors is to become 1. When half of the time is over "
            "that it takes to learn half, how much is there?",
            "“The jump”: one factor starts at full slope, two grow exponentially, three and more "
            "wait and then jump. “Escape time”: what a start ten times smaller costs. “Depth: "
            "open questions”: make one layer large with “largest layer / smallest”, and see the "
            "wait shrink.",
            "“Deep networks jump because they are deep.” What counts is how many factors are "
            "small together; a large layer hands its slope on to the small ones.",
            "Nine pictures, one sum. What do we take home, and what happens when its tail is cut?",
        ),
    ),
    Lesson(
        "takeaways",
        "What we learned",
        "Emergence and scaling laws are one sum, seen skill by skill or as a whole.",
        Plan(
            5,
            "The data come from a model that has learned only the strongest skills. What will the "
            "scaling law of its student look like?",
            "The broken laws: each follows the line as far as its author's skills go, and then "
            "rests. Each sentence above has a link back to the picture that showed it.",
            "“Then one has to train longer.” What the author of the data lacks stays, however "
            "long the student trains.",
            "Open one of the Live Lab's examples, and let the class say what to change.",
        ),
    ),
)
"""In the order of the lecture."""

BEYOND = (
    Lesson(
        "mirage",
        "Beyond the talk: is it a mirage?",
        "A threshold makes a jump of anything; what jumps in u jumps by itself.",
        Plan(
            8,
            "A score says pass or fail, and one day it jumps. Has the network changed at once, or "
            "only its score?",
            "“Four measures” at “2” and then at “4”, below “J · information exponent”: pass or "
            "fail jumps at both, the overlap only at 4. “linear” time hides it, “logarithmic” "
            "time shows it. In “Two groups” move “time” from 0.5 to 3 and look for seeds in "
            "the middle.",
            "“Emergence is an artefact of the metric.” With J = 2 it is: a smooth curve, cut by "
            "a threshold. With J = 4 the network itself changes within a sliver of its time.",
            "J = 2 has no jumps. Does it have a scaling law all the same?",
        ),
    ),
    Lesson(
        "quadratic",
        "Beyond the talk: scaling without emergence",
        "A power law needs no jumps: smooth learning has it, too.",
        Plan(
            8,
            "With J = 2 nothing jumps. With which power of time does the loss fall?",
            "Above, set “J · information exponent, above” to 4 and back to 2: jumps, and rises "
            "that overlap. Below, both losses are nearly parallel. Then “β · how fast strengths "
            "fall”: both slopes follow.",
            "“Scaling laws are made of jumps.” They are made of strengths and times that are "
            "powers of p; jumps keep the skills apart, no more.",
            "What of real networks has J = 2, and what has more? Open the Live Lab and try "
            "mixtures.",
        ),
    ),
    Lesson(
        "parity",
        "Beyond the talk: late because rare",
        "A skill is late because it is weak or because it is rare: the sum is a power law.",
        Plan(
            9,
            "A hundred thousand skills, some asked for often, most hardly ever. With which power "
            "of the training time does the loss fall?",
            "Above, skill after skill comes later, as it is rarer. Go through “resource”: time and "
            "data share an exponent, “parameters” has the steepest, “compute” the flattest, the "
            "lower edge of all widths. Then “α · how fast frequencies fall”. In “A real network” "
            "the skills fall one after the other, and rare ones later than the diamonds say.",
            "“More data teaches the same skills better.” Here it teaches rarer skills; what has "
            "been seen is learned to the end.",
            "In the network skills share neurons, and yet they come one by one. What keeps them "
            "apart? In the talk it was sharp jumps.",
        ),
    ),
    Lesson(
        "budget",
        "Beyond the talk: what a budget buys",
        "The best split of a budget follows from two exponents; a short range shows others.",
        Plan(
            8,
            "Your budget of computing grows tenfold. Do you make the network wider, or train it "
            "longer?",
            "“Wider or longer”: each curve is one budget; follow the stars to the right. Then "
            "“step size”: with a tuned one the answer turns from wider to longer. In “Too short "
            "a range” move “runs up to C = 10ⁿ, n” up: the floor vanishes, and the exponent moves.",
            "“The interval of a fit says how far it can be off.” Only if the form is the law; a "
            "form that is not has narrow intervals around a wrong number.",
            "Which budgets did the runs have that your favourite scaling law was fitted to?",
        ),
    ),
    Lesson(
        "tensor_power",
        "Beyond the talk: who needs exp(κ) neurons?",
        "Joint training deflates by itself.",
        Plan(
            8,
            "From one random start the power method finds half of the directions. How many do "
            "the same neurons find when they are trained jointly?",
            "“Three ways”: the same colours in three panels, and which are missing in the first. "
            "In “Needed” the two lines over κ: the power method's rises, the one of joint training "
            "hardly. “Two stages” at “κ · condition number” 1 and then 64. Then “joint training” "
            "with “degrees ≥ 4”, with few neurons.",
            "“Exponentially many neurons are the price of a large κ.” They are the price of "
            "neurons that do not see each other's work.",
            "What else of real networks is left out? Open the Live Lab, where |z| cut after "
            "degree 8 is a link function like others.",
        ),
    ),
)
"""What a class asks after it: for another hour."""

LESSONS = TALK + BEYOND
"""In the order of the pages."""
