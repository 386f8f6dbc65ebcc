"""Imports into the database: what goes in, what stays, what comes back, and what a crash leaves."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from call_world import Clock, make_user
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, AccountVersion, Customer, ImportBatch, LedgerEntry, Line
from fairdue.desk.accounts.services import ImportBusyError, ImportRefusedError, import_portfolio, jobs
from fairdue.desk.accounts.services.running import fail_abandoned
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.people.models import Role
from fairdue.desk.workers import worker_name

HEAD = "客户号,姓名,身份证号,账号,产品,到期日,逾期期数,本金,逾期金额,手机\n"
ONE = "C1,沈示例,,A1,信用卡,2026-02-20,1,10000.00,1000.50,15400000001\n"
TWO = "C2,陆示例,,A2,现金贷,2026-01-15,2,500.00,500.00,15400000002\n"
BAD = "C3,吴示例,,A3,信用卡,2026-02-20,1,许多,1.00,15400000003\n"
DAY = date(2026, 3, 1)

pytestmark = pytest.mark.django_db


def feed(folder: Path, *rows: str, name: str = "accounts.csv") -> Path:
    path = folder / name
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def load(path: Path, mapping: str = "standard-zh", **options) -> ImportBatch:
    return import_portfolio(path, mapping, as_of=DAY, **options)


def test_a_file_becomes_customers_lines_and_accounts(tmp_path: Path, noon: Clock) -> None:
    batch = load(feed(tmp_path, ONE, TWO))
    assert batch.state == "done"
    assert (batch.counts["new"], batch.counts["customers"], batch.counts["lines"]) == (2, 2, 2)
    account = Account.objects.get(number="A1")
    assert (account.due_fen, account.principal_fen, account.cycles) == (100_050, 1_000_000, 1)
    assert account.source_row == 2
    assert batch.totals["reconciles"]
    assert AuditEvent.objects.get().kind == "import.done"


def test_personal_data_is_sealed(tmp_path: Path) -> None:
    load(feed(tmp_path, ONE))
    customer, line = Customer.objects.get(), Line.objects.get()
    assert customer.name_masked == "沈**"
    assert "沈示例".encode() not in bytes(customer.name_sealed)
    assert b"15400000001" not in bytes(line.value_sealed)
    assert line.value_masked == "154******01"


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    load(feed(tmp_path, ONE, TWO))
    before = list(Account.objects.order_by("pk").values())
    batch = load(feed(tmp_path, ONE, TWO))
    assert (batch.counts["new"], batch.counts["changed"], batch.counts["unchanged"]) == (0, 0, 2)
    assert list(Account.objects.order_by("pk").values()) == before
    assert not AccountVersion.objects.exists()


def test_a_changed_row_keeps_what_stood_before(tmp_path: Path) -> None:
    load(feed(tmp_path, ONE, TWO))
    batch = load(feed(tmp_path, ONE.replace("1000.50", "900.00"), TWO))
    assert (batch.counts["changed"], batch.counts["unchanged"]) == (1, 1)
    assert Account.objects.get(number="A1").due_fen == 90_000
    assert AccountVersion.objects.get().body["due_fen"] == 100_050


def test_a_missing_account_stays_unless_the_mapping_closes_it(tmp_path: Path) -> None:
    load(feed(tmp_path, ONE, TWO))
    assert load(feed(tmp_path, ONE)).counts["closed"] == 0
    shipped = Path(__file__).parents[2] / "src/fairdue/packs/mappings/standard-zh.yaml"
    closing = tmp_path / "closing.yaml"
    text = shipped.read_text(encoding="utf-8").replace("missing_accounts: keep", "missing_accounts: close")
    closing.write_text(text.replace("mapping: standard-zh", "mapping: closing"), encoding="utf-8")
    assert load(feed(tmp_path, ONE), str(closing)).counts["closed"] == 1
    assert Account.objects.get(number="A2").status == "closed_by_feed"


def test_bad_rows_come_back_in_their_own_layout_and_good_rows_go_in(tmp_path: Path, settings) -> None:
    batch = load(feed(tmp_path, ONE, BAD))
    assert (batch.counts["new"], batch.counts["rejected"]) == (1, 1)
    refused = Path(settings.FAIRDUE_HOME) / "rejects" / batch.reject_file
    assert "C3" in refused.read_text(encoding="utf-8")
    finding = batch.findings.filter(severity="error").get()
    assert (finding.row, finding.field) == (3, "本金")
    assert set(finding.body) >= {"what", "why", "mend"}
    column = batch.totals["columns"]["逾期金额"]
    assert column["file_fen"] == column["taken_fen"] + column["rejected_fen"] + column["excluded_fen"]


def test_payments_are_booked_once(tmp_path: Path, noon: Clock) -> None:
    load(feed(tmp_path, ONE))
    path = tmp_path / "payments.csv"
    path.write_text("账号,还款日,还款金额,流水号\nA1,2026-03-01,100.00,R1\nA9,2026-03-01,5.00,R2\n", encoding="utf-8")
    first = load(path, "payments")
    assert (first.counts["new"], first.counts["unknown"], first.counts["paid_fen"]) == (1, 1, 10_000)
    assert load(path, "payments").counts["new"] == 0
    assert LedgerEntry.objects.get().amount_fen == 10_000


def test_a_file_that_cannot_be_used_marks_the_batch_failed(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ImportRefusedError):
        load(path)
    batch = ImportBatch.objects.get()
    assert batch.state == "failed"
    assert batch.findings.exists()
    assert not Account.objects.exists()


def test_a_crash_in_the_middle_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("fairdue.desk.accounts.services.imports._finish", broken)
    with pytest.raises(OSError, match="disk full"):
        load(feed(tmp_path, ONE))
    assert ImportBatch.objects.get().state == "failed"
    assert not Customer.objects.exists()


def test_two_imports_at_once_are_refused(tmp_path: Path) -> None:
    ImportBatch.objects.create(
        kind="accounts", file_name="x", mapping="m", state="running", worker="elsewhere:1",
        started_at=clock.now(), beat_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(ImportBusyError):
        load(feed(tmp_path, ONE))


def test_an_import_whose_process_is_gone_is_marked_failed_and_makes_room(tmp_path: Path) -> None:
    host = worker_name().rpartition(":")[0]
    gone = ImportBatch.objects.create(
        kind="accounts", file_name="x", mapping="m", state="running", worker=f"{host}:999999999"[:120],
        started_at=clock.now() - timedelta(minutes=2), beat_at=clock.now(),
    )  # fmt: skip
    assert fail_abandoned() == 1
    gone.refresh_from_db()
    assert gone.state == "failed"
    assert "Nothing was written" in gone.error
    assert load(feed(tmp_path, ONE)).state == "done"


def test_check_only_says_what_would_happen_and_writes_no_account(tmp_path: Path) -> None:
    load(feed(tmp_path, ONE))
    batch = load(feed(tmp_path, ONE.replace("1000.50", "1.00"), TWO), check_only=True)
    assert (batch.counts["new"], batch.counts["changed"]) == (1, 1)
    assert Account.objects.count() == 1
    assert Account.objects.get().due_fen == 100_050


@pytest.fixture
def lead(client: Client, noon: Clock, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A team lead's browser; imports run at once instead of in a thread, so that the test sees their rows."""

    class Now:
        def __init__(self, target, args, **_options) -> None:
            self.run = lambda: target(*args)

        def start(self) -> None:
            self.run()

    monkeypatch.setattr(jobs.threading, "Thread", Now)
    monkeypatch.setattr(jobs.connection, "close", lambda: None)
    client.force_login(make_user("boss", Role.LEAD), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["fairdue_language"] = "en"
    return client


def upload(client: Client, text: str, name: str = "accounts.csv", **fields):
    file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    return client.post(reverse("accounts:import-start"), {"file": file, "mapping": "standard-zh", **fields})


def test_an_upload_is_imported_and_its_page_shows_the_result(lead: Client) -> None:
    answer = upload(lead, HEAD + ONE + BAD)
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("accounts:batch", args=[batch.pk])
    page = lead.get(answer["Location"]).content.decode()
    assert "Imported" in page
    assert "Download rejected rows" in page
    assert "本金" in page
    assert not list(jobs.uploads().glob(batch.stored_file)), "the plain file does not stay"
    rows = lead.get(reverse("accounts:rejects", args=[batch.pk, "rows"]))
    assert "C3" in b"".join(rows.streaming_content).decode()
    assert AuditEvent.objects.filter(kind="import.rejects_downloaded").count() == 1


def test_the_same_upload_again_says_that_nothing_changed(lead: Client) -> None:
    upload(lead, HEAD + ONE)
    page = lead.get(upload(lead, HEAD + ONE)["Location"]).content.decode()
    assert "nothing changed" in page


@pytest.mark.parametrize("name", ["accounts.exe", "accounts.pdf"])
def test_a_kind_of_file_that_cannot_be_read_is_refused_on_the_form(lead: Client, name: str) -> None:
    answer = upload(lead, "x", name)
    assert answer.status_code == 422
    assert "cannot be read" in answer.content.decode()


def test_a_failed_upload_can_be_tried_again(lead: Client) -> None:
    upload(lead, "a,b\n1,2\n")
    batch = ImportBatch.objects.get()
    page = lead.get(reverse("accounts:batch", args=[batch.pk])).content.decode()
    assert "Try again" in page
    again = lead.post(reverse("accounts:batch-retry", args=[batch.pk]))
    assert again["Location"] == reverse("accounts:batch", args=[batch.pk + 1])


def test_while_one_runs_the_form_says_so_and_its_page_asks_again(lead: Client) -> None:
    running = ImportBatch.objects.create(
        kind="accounts", file_name="big.csv", mapping="m", state="running", worker="elsewhere:1", rows_total=100,
        rows_done=40, started_at=clock.now(), beat_at=clock.now(),
    )  # fmt: skip
    assert upload(lead, HEAD + ONE).status_code == 409
    part = lead.get(reverse("accounts:batch-status", args=[running.pk]))
    assert 'aria-valuenow="40"' in part.content.decode()
    ImportBatch.objects.update(state="done")
    assert lead.get(reverse("accounts:batch-status", args=[running.pk]))["HX-Refresh"] == "true"


def test_the_report_agrees_with_the_file_to_the_fen(lead: Client) -> None:
    upload(lead, HEAD + ONE + TWO + BAD)
    context = lead.get(reverse("accounts:report")).context
    (proof,) = context["proofs"]
    assert proof["whole"]
    assert context["totals"]["due"] == 150_050
    for column in proof["columns"]:
        assert column["file_fen"] == column["taken_fen"] + column["rejected_fen"] + column["excluded_fen"]
    assert sum(row["sum_due_fen"] for row in context["cycles"]) == 150_050
