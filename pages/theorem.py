"""Lesson."""

from emergence.ui.lesson import begin

begin("theorem")
