"""The second opinion over HTTP: an OpenAI-compatible endpoint, off unless FAIRDUE_LLM_URL names one.

FAIRDUE_LLM_URL the endpoint's base (…/v1), FAIRDUE_LLM_MODEL the model, FAIRDUE_LLM_KEY a key where one is needed. The text
is redacted before it leaves, the wait is short, and no answer is an answer: whatever goes wrong, the recogniser's own
answer stands.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import structlog

from fairdue.guard.redact import redact

log = structlog.get_logger(__name__)
SECONDS = 3.0
_TASK = (
    "You label one turn of the other side of a debt-collection call. Answer with a JSON list of act ids, most likely first, "
    "at most three, only from this list; an empty list when none fits.\n"
)


class HttpOpinion:
    """Asks the endpoint which acts a turn does; an empty answer when it cannot be asked or does not answer well."""

    def __init__(self, url: str, model: str, key: str, acts: Mapping[str, str], seconds: float = SECONDS) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"FAIRDUE_LLM_URL {url!r}: use an http or https address")
        self._url = url.rstrip("/") + "/chat/completions"
        self._model, self._key, self._seconds = model, key, seconds
        self._task = _TASK + "\n".join(f"{act}: {meaning}" for act, meaning in acts.items())

    def __call__(self, text: str, guesses: Sequence[str]) -> Sequence[str]:
        """Acts by the endpoint's reading of the redacted text."""
        turn = f"Turn: {redact(text)}\nHeld likely: {', '.join(guesses)}"
        messages = [{"role": "system", "content": self._task}, {"role": "user", "content": turn}]
        body = json.dumps({"model": self._model, "temperature": 0, "messages": messages}).encode()
        headers = {
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {self._key}"} if self._key else {}),
        }
        try:
            with urlopen(Request(self._url, body, headers), timeout=self._seconds) as answer:  # noqa: S310 - scheme checked
                content = json.load(answer)["choices"][0]["message"]["content"]
            acts = json.loads(content)
        except (URLError, HTTPException, OSError, ValueError, KeyError, IndexError, TypeError) as exc:
            log.warning("recogniser.second_opinion_failed", problem=type(exc).__name__)
            return ()
        return [act for act in acts if isinstance(act, str)][:3] if isinstance(acts, list) else ()


def from_environment(acts: Mapping[str, str]) -> HttpOpinion | None:
    """The endpoint that the environment names, or None."""
    url = os.environ.get("FAIRDUE_LLM_URL")
    if not url:
        return None
    return HttpOpinion(url, os.environ.get("FAIRDUE_LLM_MODEL", "default"), os.environ.get("FAIRDUE_LLM_KEY", ""), acts)
