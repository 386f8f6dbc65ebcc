"""Make the first call as fast as the hundredth: recogniser, library and guard are ready before anybody speaks."""

from __future__ import annotations

import logging
import threading
import time

from fairdue.dialogue import crisis_protocol, load_recogniser
from fairdue.guard import check_text
from fairdue.playbook import Library

from . import gate
from .releases import current_release, library_of

log = logging.getLogger(__name__)


def warm() -> Library:
    """Load and index everything that a call needs; returns the library that is live. Raises what loading raises."""
    check_text("喂", "call", "customer")
    load_recogniser().recognise("喂", party="customer")
    crisis_protocol()
    gate.pack()
    library = library_of(current_release())
    log.debug("playbooks %s", library.version)
    library.replies("stall.payday", stage="first", scope=library.scope(library.lead("first")))
    return library


def warm_in_background() -> threading.Thread:
    """Warm up beside the first requests; a failure is logged and shows again, in full, where a page needs the thing."""

    def run() -> None:
        begun = time.monotonic()
        try:
            warm()
        except Exception:
            log.exception("warming up failed; pages will load what they need themselves")
            return
        finally:
            from django.db import connection

            connection.close()
        log.info("warm after %.1f s", time.monotonic() - begun)

    thread = threading.Thread(target=run, name="warm", daemon=True)
    thread.start()
    return thread
