"""Judge a call from its transcript and timing (formats.md, "Judge a call"). A first slice.

What is judged: red lines by turn (guard), institution and agent named, identity before debt, recording notice, official
channel when payment was asked for, acts of the other side (dialogue), outcome and promise, speech figures, a band. What
is not judged yet: line adherence and a weighted scorecard.
"""

from .judge import CallError, Verdict, review_call
from .speech import speech_figures

__all__ = ["CallError", "Verdict", "review_call", "speech_figures"]
