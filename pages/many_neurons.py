"""Lesson."""

from emergence.ui.lesson import begin

begin("many_neurons")
