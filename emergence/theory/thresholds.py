"""From which value on a direction counts as emerged, and as learned."""

EMERGED = 0.5
"""Squared overlap u with a neuron above which a direction has emerged."""
CAPTURED = 0.5
"""Capture R_p above which a direction is learned (Model 2.5)."""
