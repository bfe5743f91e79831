"""Lesson."""

from emergence.ui.lesson import begin

begin("link_functions")
