"""Lesson."""

from emergence.ui.lesson import begin

begin("idealised_dynamics")
