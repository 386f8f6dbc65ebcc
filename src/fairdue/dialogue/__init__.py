"""The conversation: what did they say, where are we, what are the next best replies.

    recogniser = load_recogniser()
    heard_now = recogniser.recognise("我等发工资再还", party="customer")
    state = heard(begin_call(library, stage="first", party="unknown"), heard_now.multi, library)
    now = guide(library, state, values, guard=guard)
    now.suggestions, now.held_back, now.must, now.hints, now.mode

Until the customer has confirmed who they are, no suggestion carries a debt fact. A third party never gets one. Signs of
self-harm turn the whole call: nothing but help is offered. Whatever stops collection (a dispute, a complaint, a lawyer,
illness) stops it here too. How a call turns is data: packs/guidance.yaml, packs/crisis.yaml.
"""

from .conversations import Outcome, converse, run_conversations
from .crisis import CrisisProtocol, crisis_protocol
from .duties import must_say
from .guide import Guidance, NextState, Suggestion, guide
from .hints import hints_for
from .limits import Guard, HeldBack
from .recogniser import ActGuess, Recogniser, Recognition, load_recogniser
from .samples import sample_values
from .state import CallState, begin_call, heard, said, with_types
from .suggest import chips, opening_lines, search, suggest

__all__ = [
    "ActGuess",
    "CallState",
    "CrisisProtocol",
    "Guard",
    "Guidance",
    "HeldBack",
    "NextState",
    "Outcome",
    "Recogniser",
    "Recognition",
    "Suggestion",
    "begin_call",
    "chips",
    "converse",
    "crisis_protocol",
    "guide",
    "heard",
    "hints_for",
    "load_recogniser",
    "must_say",
    "opening_lines",
    "run_conversations",
    "said",
    "sample_values",
    "search",
    "suggest",
    "with_types",
]
