"""The demo's trainer's room: one small overlay that compliance approved, and two reports that no reply fitted."""

from __future__ import annotations

PACK, LINE = "p01-bank-card", "first.payday.1"
WORDS = "等发工资，我明白。只是这笔账一天要多{日息}，拖到月底不划算。{期限}前您先把{应还金额}放进去，行吗？"
COMMENT = "原话偏书面，念起来拗口；改成口语，意思和力度不变。"
DECISION = "没有新的承诺，也没有加重语气，可以上线。"
GAPS = (
    {
        "stage": "first",
        "product": "credit_card",
        "acts": ["stall.payday"],
        "heard": "我们厂里押两个月工资，发薪日自己也说不准。",
        "offered": [LINE],
        "reason": "words_do_not_fit",
        "wish": "想有一句先问大概哪几天发薪，再约时间。",
    },
    {
        "stage": "repeat",
        "product": "credit_card",
        "acts": ["hardship.business"],
        "heard": "货款卡在对方手里，人家说下个月才结。",
        "offered": [],
        "reason": "too_hard",
        "wish": "客户愿意配合，不想一上来就讲后果。",
    },
)


def fill_playbooks() -> None:
    """Write them once, through the same services as the pages."""
    from fairdue.desk.people.models import User
    from fairdue.desk.playbooks import selectors, services
    from fairdue.desk.playbooks.models import PlaybookRevision

    if PlaybookRevision.objects.exists():
        return
    people = {name: User.objects.get(username=name) for name in ("trainer", "compliance", "zhang")}
    line = selectors.library_of(0).line(LINE).model_copy(update={"say": f"{WORDS}\n"})
    draft = services.save_line(PACK, people["trainer"], line, seen=services.seen_now(PACK))
    services.submit(draft.pk, people["trainer"], COMMENT)
    services.approve(draft.pk, people["compliance"], DECISION)
    for gap in GAPS:
        services.report_gap(people["zhang"], session_id=None, **gap)  # type: ignore[arg-type] # rows of one shape
