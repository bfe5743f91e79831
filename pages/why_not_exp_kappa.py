"""Lesson."""

from emergence.ui.lesson import begin

begin("why_not_exp_kappa")
