"""A small pack of its own for the tests of linter, loader and commands."""

from __future__ import annotations

from pathlib import Path

LINE = """- id: t.1
  answers: [stall.payday]
  stage: first
  party: customer
  say: 您好
  gist_en: Hello.
  why: 问候
  pressure: 0
  source: P1-2.2a
"""
PACK = """name: t
version: "1"
title: {zh: 测试, en: Test}
stages: [first]
calls: false
departments: [客户服务部]
"""
FLOW = """states:
  - id: a
    title: {zh: 开场, en: Opening}
    expects: [stall.payday]
    on: {pay.now: b}
  - id: b
    title: {zh: 结束, en: End}
    end: true
"""
RED = """- id: t.red
  say: [一, 二, 三, 四, 五, 六]
  breaks: [V12]
  cites: [CN-CC-68b]
  why: 反例
  instead: t.1
  source: P2-5
"""
HINT = """- id: t.hint
  kind: manner
  when: {acts: [stall.payday]}
  say: {zh: 慢一点, en: Slowly}
  why: 听得清
  source: P6-3
"""
CONVERSATION = """- name: t
  stage: first
  turns:
    - acts: [identity.confirm]
      expect: {party: customer}
"""


def write(
    folder: Path,
    *,
    lines: str = LINE,
    pack: str = PACK,
    flow: str = FLOW,
    red: str = "",
    hints: str = "",
    tests: str = "",
) -> Path:
    """The pack in a folder, with what is given instead of the parts above."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(pack, encoding="utf-8")
    if flow:
        (folder / "flow.yaml").write_text(flow, encoding="utf-8")
    for part, text in (("lines", lines), ("redlines", red), ("hints", hints), ("tests", tests)):
        if text:
            (folder / part).mkdir(exist_ok=True)
            (folder / part / "one.yaml").write_text(text, encoding="utf-8")
    return folder
