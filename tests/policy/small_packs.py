"""Packs of one or two rules, for tests of what a pack may say."""

from __future__ import annotations

from pathlib import Path

HEAD = 'name: t\nversion: "1"\njurisdiction: CN\ntitle: {zh: 试, en: Trial}\n'
HOURS = """- id: X-1
  title: {zh: 时段, en: Hours}
  source: {instrument: T, article: "1", confidence: A}
  effective: {from: 2025-01-01%s}
  force: must
  check: hours
  params: {opens: "09:00", closes: "18:00"}
"""
CAP = """- id: X-2
  title: {zh: 次数, en: Calls}
  source: {instrument: T, article: "2", confidence: B}
  effective: {from: 2025-01-01}
  force: must
  check: count
  params: {of: effective, days: 1, at_most: 3, effective_seconds: 6}
  agreement: [at_most]
"""


def small_pack(folder: Path, rules: str, head: str = HEAD) -> Path:
    """A pack folder with these rules; returns it."""
    root = folder / "pack"
    (root / "rules").mkdir(parents=True, exist_ok=True)
    (root / "pack.yaml").write_text(head, encoding="utf-8")
    (root / "rules" / "r.yaml").write_text(rules, encoding="utf-8")
    return root


def overlay(folder: Path, text: str, name: str = "o") -> Path:
    """An overlay file with this text."""
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path
