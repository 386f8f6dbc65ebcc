"""The trainer's room through the site: what each role sees and may do, what the editor says, and what is never lost."""

from __future__ import annotations

import html as markup
import re

import pytest
from call_world import make_user
from django.test import Client
from django.urls import reverse
from playbook_world import LINE, PACK, WORDS, Room, drafted, live, make_room, reworded, shipped, submitted

from fairdue.desk.people.models import Role, User
from fairdue.desk.playbooks import selectors, services
from fairdue.desk.playbooks.forms import LineForm, initial_of
from fairdue.desk.playbooks.models import Gap, PlaybookRevision, RevisionState
from fairdue.playbook import Line

pytestmark = pytest.mark.usefixtures("checks_find_nothing")
BACKEND = "django.contrib.auth.backends.ModelBackend"


def desk(user: User, language: str = "en") -> Client:
    client = Client()
    client.cookies["fairdue_language"] = language
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def room(db: None, noon) -> Room:
    return make_room()


def typed(line: Line | None = None, **changes) -> dict:
    """What the editor's form sends for a line."""
    data = {key: value for key, value in initial_of(line or shipped()).items() if value is not None}
    data["seen"] = str(services.seen_now(PACK))
    return {**data, **changes}


def url(name: str, *args) -> str:
    return reverse(f"playbooks:{name}", args=args)


def said(answer) -> str:
    return markup.unescape(answer.content.decode())


# -- who sees what


PAGES = {
    "list": ((), "agent lead compliance trainer"),
    "pack": ((PACK,), "agent lead compliance trainer"),
    "mine": ((), "agent lead compliance trainer"),
    "history": ((), "lead compliance trainer"),
    "gaps": ((), "lead compliance trainer"),
    "gap": ((1,), "lead compliance trainer"),
    "revision": ((1,), "lead compliance trainer"),
    "files": ((PACK,), "compliance trainer"),
    "line": ((PACK, LINE), "trainer"),
    "new-line": ((PACK,), "trainer"),
}


@pytest.fixture
def filled(room: Room) -> Room:
    """A revision that is live, a draft on top of it, and one report."""
    live(room)
    drafted(room.trainer, line_id="first.payday.2")
    report(room)
    return room


def report(room: Room, **fields) -> Gap:
    values = {
        "session_id": None,
        "stage": "first",
        "product": "credit_card",
        "acts": ["stall.payday"],
        "heard": "发薪日我自己也说不准",
        "offered": [LINE],
        "reason": "words_do_not_fit",
    }
    return services.report_gap(room.agent, **{**values, **fields})


def address(name: str, args: tuple) -> str:
    if name == "revision":
        return url(name, PlaybookRevision.objects.order_by("pk").first().pk)
    return url(name, Gap.objects.get().pk) if name == "gap" else url(name, *args)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_role_reads_its_pages_and_no_other(filled: Room, role: Role, language: str) -> None:
    client = desk(make_user(f"one-{role}", role), language)
    for name, (args, roles) in PAGES.items():
        answer = client.get(address(name, args))
        assert answer.status_code == (200 if str(role) in roles.split() else 403), name
        if answer.status_code == 200:
            assert 'class="alert alert-danger' not in answer.content.decode() or selectors.base_findings(), name


def test_agents_and_leads_do_not_see_words_that_are_not_live(room: Room) -> None:
    drafted(room.trainer, "草稿里的话,{期限}前{应还金额}可以吗?")
    assert "草稿里的话" in said(desk(room.trainer).get(url("pack", PACK)))
    assert "草稿里的话" not in said(desk(room.trainer).get(url("pack", PACK), {"show": "live"}))
    for role in (Role.AGENT, Role.LEAD):
        client = desk(make_user(f"x-{role}", role))
        page = said(client.get(url("pack", PACK)))
        assert "草稿里的话" not in page
        assert shipped().say.strip() in page
        assert "Edit" not in page


@pytest.mark.parametrize("what", ["check", "submit", "withdraw", "discard", "approve", "reject", "live"])
def test_steps_are_for_trainers_and_compliance_and_by_post_only(room: Room, what: str) -> None:
    draft = drafted(room.trainer)
    for user in (room.agent, make_user("chief", Role.LEAD), make_user("root", Role.ADMIN)):
        assert desk(user).post(url("step", draft.pk, what), {"text": "x"}).status_code == 403
    assert desk(room.trainer).get(url("step", draft.pk, what)).status_code == 405
    draft.refresh_from_db()
    assert (draft.state, draft.checks) == (RevisionState.DRAFT, {})


def test_what_does_not_exist_is_404(room: Room) -> None:
    client = desk(room.trainer)
    for where in (
        url("pack", "nowhere"),
        url("files", "nowhere"),
        url("new-line", "org-p01-bank-card"),
        url("line", PACK, "no.such.line"),
        url("line", "common", LINE),
        url("revision", 999),
        url("revision", 2**63),
        url("gap", 999),
        url("gap", 2**63),
    ):
        assert client.get(where).status_code == 404, where
    assert client.post(url("step", drafted(room.trainer).pk, "explode")).status_code == 404


# -- lists


def test_the_list_shows_what_is_live_open_and_waiting(filled: Room) -> None:
    page = said(desk(filled.trainer).get(url("list")))
    assert "Release 1 is live" in page
    row = page[page.index("p01-bank-card") :].split("</tr>")[0]
    assert "revision 1" in row and "revision 2" in row and ">1</span>" in row


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"act": "stall.payday"}, lambda n: "stall.payday" in n.answers),
        ({"stage": "repeat"}, lambda n: n.stage == "repeat"),
        ({"party": "family"}, lambda n: n.party == "family"),
        ({"need": "plan"}, lambda n: "plan" in n.needs),
        ({"text": "发工资"}, lambda n: "发工资" in n.say or "发工资" in n.why),
        ({"source": "P1-2.2a", "stage": "first"}, lambda n: "P1-2.2a" in n.source.split(", ") and n.stage == "first"),
        ({"text": "没有任何话术这样说"}, lambda n: False),
    ],
)
def test_lines_are_filtered(room: Room, query: dict, kept) -> None:
    page = said(desk(room.trainer).get(url("pack", PACK), query))
    shown = set(re.findall(r'<div class="line-row[^"]*" id="([^"]+)"', page))
    lines = selectors.lines_of(selectors.library_of(0), PACK)
    assert shown == {n.id for n in lines if kept(n)}
    assert shown or "No line fits these filters" in page


@pytest.mark.parametrize("tab", ["redlines", "hints", "flow", "anything"])
def test_red_lines_hints_and_flow_have_pages(room: Room, tab: str) -> None:
    for pack in (PACK, "common"):
        assert desk(room.agent).get(url("pack", pack), {"tab": tab}).status_code == 200


# -- the editor


def test_the_form_gives_back_shipped_lines_of_every_shape_unchanged(room: Room) -> None:
    library = selectors.library_of(0)
    filled = {(line.stage, *(name for name, value in line if value)): line for line in library.lines.values()}
    for line in filled.values():
        form = LineForm(library, initial_of(line), line=line)
        assert form.is_valid(), (line.id, form.errors)
        back = form.line()
        same = {"say": line.say.strip(), "source": back.source}
        assert back.model_dump() | {"say": back.say.strip()} == {
            **line.model_dump(),
            **same,
            **{name: getattr(line, name).strip() for name in ("why", "why_en", "gist_en", "argument")},
            "channels": line.channels or ("call",),
        }, line.id


def test_saving_begins_a_draft_and_names_what_is_left_to_mend(room: Room) -> None:
    client = desk(room.trainer)
    answer = client.post(url("line", PACK, LINE), typed(say="先还500元,{期限}前。", needs=[]), follow=True)
    page = said(answer)
    assert "to mend" in page
    assert "500元" in PlaybookRevision.objects.get().files["lines/first.yaml"]
    assert "500元 is written out" in page[page.index('id="at-say"') :].split("</div>")[0]


def test_findings_stand_beside_their_fields(room: Room) -> None:
    sent = typed(say="{扣款金额}请{期限}前还。", why="", deadline_count="9", cites=[], pressure="3", needs=["quote"])
    page = said(desk(room.trainer).post(url("try", PACK), sent))
    for field, words in (
        ("say", ""),
        ("needs", "扣款金额"),
        ("why", "why, source or gist_en is empty"),
        ("deadline", "at most 2 days"),
        ("cites", "without citing it"),
        ("pressure", "above the stage's ceiling"),
    ):
        assert words in page[page.index(f'id="at-{field}"') :].split("</div>")[0], field
    assert PlaybookRevision.objects.count() == 0


def test_the_preview_fills_in_facts_and_shows_what_is_missing(room: Room) -> None:
    client = desk(room.trainer)
    page = said(client.post(url("try", PACK), typed(say=WORDS)))
    assert "<mark>6200.00元</mark>" in page
    assert "Nothing to mend" in page
    page = said(client.post(url("try", PACK), typed(say=WORDS, missing="quote")))
    assert "<del>{应还金额}</del>" in page
    assert "A call would not offer this line" in page


def test_the_guard_answers_in_the_preview(room: Room) -> None:
    page = said(desk(room.trainer).post(url("try", PACK), typed(say="再不还就通知你单位的领导。", needs=[])))
    assert re.search(r"<strong>V\d\d</strong>", page)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "Bad Id"}, "id"),
        ({"say": "长" * 1_000_000}, "say"),
        ({"stage": "never"}, "stage"),
        ({"pressure": "9"}, "pressure"),
        ({"deadline_count": "-1"}, "deadline_count"),
        ({"answers": ["no.such.act"]}, "answers"),
        ({"why": "空\x00字"}, "why"),
    ],
)
def test_what_cannot_be_kept_is_named_and_what_was_typed_stays(room: Room, changes: dict, field: str) -> None:
    sent = {**typed(say="我写了很久的一句话", id="p01.first.own.o1"), **changes}
    answer = desk(room.trainer).post(url("new-line", PACK), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    if "say" not in changes:
        assert "我写了很久的一句话" in said(answer)
    assert PlaybookRevision.objects.count() == 0
    assert desk(room.trainer).post(url("try", PACK), sent).status_code == 200


def test_an_id_that_is_taken_is_named_beside_its_field(room: Room) -> None:
    answer = desk(room.trainer).post(url("new-line", PACK), typed(id=LINE))
    assert answer.status_code == 409
    page = said(answer)
    assert "is taken" in page[page.index('id="at-id"') :].split("</div>")[0]


def test_a_conflict_shows_both_and_loses_nothing(room: Room) -> None:
    opened = typed(say="我的说法,{期限}前{应还金额}行吗?")
    drafted(room.other, "她的说法,{期限}前{应还金额}行吗?")
    client = desk(room.trainer)
    answer = client.post(url("line", PACK, LINE), opened)
    assert answer.status_code == 409
    page = said(answer)
    assert "wu has changed first.payday.1" in page
    assert "<del>她</del><ins>我</ins>" in page
    assert "我的说法" in page[page.index("<textarea") :].split("</textarea>")[0]
    assert "她的说法" in PlaybookRevision.objects.get().files["lines/first.yaml"]
    again = {**opened, "seen": re.search(r'name="seen" value="([^"]+)"', page[page.index("line-form") :])[1]}
    assert client.post(url("line", PACK, LINE), again).status_code == 302
    assert "我的说法" in PlaybookRevision.objects.get().files["lines/first.yaml"]


def test_retire_and_undo_from_the_pages(room: Room) -> None:
    client = desk(room.trainer)
    page = said(client.post(url("retire", PACK, LINE), {"seen": ""}, follow=True))
    assert "Retired in this draft" in page
    page = said(client.post(url("undo", PACK, LINE), {"seen": str(services.seen_now(PACK))}, follow=True))
    assert "Retired in this draft" not in page


def test_a_revision_that_waits_is_shown_but_not_editable(room: Room) -> None:
    submitted(room.trainer)
    page = said(desk(room.trainer).get(url("line", PACK, LINE)))
    assert "waits for a decision" in page
    assert '<fieldset class="bare" disabled>' in page


# -- files


def test_a_broken_file_keeps_its_text_and_names_the_row(room: Room) -> None:
    text = "- id: a.b\n  say: 'x' 没写完"
    answer = desk(room.trainer).post(url("files", PACK), {"path": "lines/mine.yaml", "text": text, "seen": ""})
    assert answer.status_code == 422
    page = said(answer)
    assert text in page
    assert 'data-row="2"' in page


def test_a_file_with_a_missing_field_is_kept_and_the_row_is_named(room: Room) -> None:
    client = desk(room.trainer)
    text = "- id: p01.first.own.o1\n  answers: [stall.payday]\n  stage: first\n"
    page = said(client.post(url("files", PACK), {"path": "lines/mine.yaml", "text": text, "seen": ""}, follow=True))
    assert text in page
    assert "Field required" in page
    draft = PlaybookRevision.objects.get()
    client.post(url("step", draft.pk, "submit"), {"text": "看看"})
    draft.refresh_from_db()
    assert draft.state == RevisionState.DRAFT


def test_compliance_reads_files_and_cannot_write_them(room: Room) -> None:
    drafted(room.trainer)
    client = desk(room.compliance)
    assert "readonly" in said(client.get(url("files", PACK), {"path": "lines/first.yaml"}))
    assert client.post(url("files", PACK), {"path": "lines/first.yaml", "text": ""}).status_code == 404


def test_the_files_of_what_is_live_are_the_start_of_the_next_draft(room: Room) -> None:
    live(room)
    client = desk(room.trainer)
    page = said(client.get(url("files", PACK), {"path": "lines/first.yaml"}))
    assert WORDS in page
    assert "which is live" in page


# -- revision, decision, history


def test_the_difference_marks_the_words_that_changed(room: Room) -> None:
    draft = drafted(room.trainer, shipped().say.strip().replace("工资", "薪水"))
    page = said(desk(room.compliance).get(url("revision", draft.pk)))
    assert "<del>工资</del><ins>薪水</ins>" in page


def test_the_whole_way_through_the_pages(room: Room) -> None:
    trainer, compliance = desk(room.trainer), desk(room.compliance)
    trainer.post(url("line", PACK, LINE), typed(say=WORDS))
    draft = PlaybookRevision.objects.get()
    page = said(trainer.post(url("step", draft.pk, "check"), follow=True))
    assert "all well" in page
    trainer.post(url("step", draft.pk, "submit"), {"text": "更口语"})
    assert "Decision" not in said(trainer.get(url("revision", draft.pk)))
    page = said(compliance.get(url("revision", draft.pk)))
    assert "Decision" in page and "更口语" in page
    compliance.post(url("step", draft.pk, "approve"), {"text": "可以", "live": "1"})
    assert selectors.current_release() == 1
    page = said(compliance.get(url("history")))
    assert "可以" in page and "更口语" in page and "Roll back" in page
    assert "Roll back" not in said(trainer.get(url("history")))
    assert trainer.post(url("roll-back", 0), {"text": "退"}).status_code == 403
    compliance.post(url("roll-back", 0), {"text": "客户听不懂"})
    assert selectors.current_release() == 2
    assert "back to 0" in said(compliance.get(url("history")))


def test_a_rejected_revision_can_be_started_again(room: Room) -> None:
    revision = submitted(room.trainer)
    desk(room.compliance).post(url("step", revision.pk, "reject"), {"text": "太急"})
    client = desk(room.trainer)
    assert "太急" in said(client.get(url("revision", revision.pk)))
    client.post(url("draft", PACK), {"again": revision.number})
    assert PlaybookRevision.objects.get(number=2).state == RevisionState.DRAFT


def test_empty_rooms_say_so(room: Room) -> None:
    assert "No report waits" in said(desk(room.trainer).get(url("gaps")))
    assert "You have sent no report" in said(desk(room.agent).get(url("mine")))
    assert "Nobody has changed a pack yet" in said(desk(room.trainer).get(url("history")))
    draft = services.start_draft(PACK, room.trainer)
    assert "Nothing differs" in said(desk(room.trainer).get(url("revision", draft.pk)))


# -- reports


def test_a_report_is_taken_answered_with_a_new_line_and_seen_by_the_agent(room: Room) -> None:
    gap, client = report(room), desk(room.trainer)
    page = said(client.get(url("gap", gap.pk)))
    assert f"{url('new-line', PACK)}?act=stall.payday&stage=first&gap={gap.pk}" in page
    client.post(url("gap-step", gap.pk, "take"))
    form = client.get(url("new-line", PACK), {"act": "stall.payday", "stage": "first", "gap": gap.pk}).context["form"]
    assert form["answers"].value() == ["stall.payday"]
    new = str(form["id"].value())
    answer = client.post(url("new-line", PACK), typed(reworded(id=new), gap=str(gap.pk)))
    assert answer["Location"] == f"{url('gap', gap.pk)}?line={new}"
    client.post(url("gap-step", gap.pk, "answer"), {"text": "写了一句,审过就能用", "line": new})
    page = said(desk(room.agent).get(url("mine")))
    assert "写了一句,审过就能用" in page
    assert f"New line {new}: not live yet" in page


def test_an_agent_sees_only_their_own_reports(room: Room) -> None:
    report(room)
    assert "发薪日" in said(desk(room.agent).get(url("mine")))
    assert "发薪日" not in said(desk(make_user("someone")).get(url("mine")))
    assert desk(room.agent).post(url("gap-step", Gap.objects.get().pk, "take")).status_code == 403
