"""The conversation: what did they say, where are we, what are the next best replies.

    recogniser = load_recogniser()
    heard_now = recogniser.recognise("我等发工资再还", party="customer")
    state = heard(begin_call(library, stage="first", party="unknown"), heard_now.multi, library)
    for suggestion in suggest(library, state, values): ...

Until the customer has confirmed who they are, no suggestion carries a debt fact. A third party never gets one. Signs of
self-harm or vulnerability turn the whole call: collection stops and help comes first.
"""

from .conversations import Outcome, run_conversations, sample_values
from .recogniser import ActGuess, Recogniser, Recognition, load_recogniser
from .state import CallState, begin_call, heard, must_say, said
from .suggest import Suggestion, chips, opening_lines, search, suggest

__all__ = [
    "ActGuess",
    "CallState",
    "Outcome",
    "Recogniser",
    "Recognition",
    "Suggestion",
    "begin_call",
    "chips",
    "heard",
    "load_recogniser",
    "must_say",
    "opening_lines",
    "run_conversations",
    "said",
    "sample_values",
    "search",
    "suggest",
]
