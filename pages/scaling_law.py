"""Lesson."""

from emergence.ui.lesson import begin

begin("scaling_law")
