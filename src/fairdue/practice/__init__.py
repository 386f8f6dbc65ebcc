"""Practice: a first exam, generated from the playbook's lines and red lines, and the opening recital.

Questions are made from what agents really say, so a changed line changes the exam. Deterministic for a seed.
"""

from .exam import Answer, Exam, Question, grade, make_exam
from .opening import ELEMENTS, missing_elements

__all__ = ["ELEMENTS", "Answer", "Exam", "Question", "grade", "make_exam", "missing_elements"]
