"""Judge a call from its transcript and timing (formats.md, "Judge a call"). A first slice.

What is judged: red lines by turn (guard), institution and agent named, identity before debt, recording notice, official
channel when payment was asked for, acts of the other side (dialogue), outcome and promise, speech figures, a weighted
scorecard and a band. What is not judged yet: which playbook line was used, and whether a deadline fits the stage.
"""

from .judge import CallError, Verdict, review_call
from .scorecard import load_scorecard, score
from .speech import speech_figures

__all__ = ["CallError", "Verdict", "load_scorecard", "review_call", "score", "speech_figures"]
