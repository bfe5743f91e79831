"""Lesson."""

from emergence.ui.lesson import begin

begin("sharp_transitions")
