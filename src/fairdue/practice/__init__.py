"""Practice: the first lesson with its quiz, an exam generated from the playbook, and the opening recital.

Questions are made from what agents really say, so a changed line changes the exam. Deterministic for a seed. The figures
of a lesson come from the ledger. One lesson ships; there is no simulator and no certificate yet.
"""

from .exam import Answer, Exam, Question, grade, make_exam
from .lesson import Lesson, interest_table, load_lesson
from .opening import ELEMENTS, missing_elements

__all__ = [
    "ELEMENTS",
    "Answer",
    "Exam",
    "Lesson",
    "Question",
    "grade",
    "interest_table",
    "load_lesson",
    "make_exam",
    "missing_elements",
]
