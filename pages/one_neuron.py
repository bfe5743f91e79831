"""Lesson."""

from emergence.ui.lesson import begin

begin("one_neuron")
