"""From which value on something counts as emerged, learned, or over."""

EMERGED = 0.5
"""Squared overlap u with a neuron above which a direction has emerged."""
CAPTURED = 0.5
"""Capture R_p above which a direction is learned (Model 2.5)."""
TRANSITION_BEGUN, TRANSITION_OVER = 0.1, 0.9
"""Squared overlaps u, or shares of a toy loss's w*, between which a transition takes place."""
ESCAPED = 0.5
"""Share of w* from which on a toy loss's start is escaped (Model 8.1)."""
HALVED = 0.5
"""Share of a direction's loss that is left when it counts as halved."""
ALL_LEARNED = 0.1
"""Share of the weakest direction's loss below which nothing is left to learn."""
