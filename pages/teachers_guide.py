"""For teachers: what each lesson is for, and exercises with worksheets and answers."""

from emergence.ui.guide import show

show()
