"""`fairdue demo`: a whole working day on a generated portfolio, or on a file of your own."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer

from .io import stdout, unusable

PASSWORD = "Gongdao-2026"  # noqa: S105 - printed for everybody; demo homes hold made-up people only
USERS = (
    ("zhang", "agent", "张敏", "张"),
    ("li", "agent", "李强", "李"),
    ("lead", "lead", "王组长", ""),
    ("compliance", "compliance", "赵合规", ""),
    ("trainer", "trainer", "孙培训", ""),
    ("admin", "admin", "管理员", ""),
)
FEEDS = (
    ("accounts", "standard-zh"),
    ("lines", "standard-zh-contacts"),
    ("payments", "payments"),
    ("contacts_history", "standard-zh-history"),
    ("holds", "standard-zh-holds"),
)
ZONE = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES, START = 8, 22, (9, 30)


def shift_seconds(now: datetime) -> int:
    """Seconds by which the demo's clock moves: none between 08:00 and 22:00 in China, else to 09:30 of the same day."""
    local = now.astimezone(ZONE)
    if OPENS <= local.hour < CLOSES:
        return 0
    target = local.replace(hour=START[0], minute=START[1], second=0, microsecond=0)
    return math.ceil((target - local).total_seconds())


def demo(
    check: bool = typer.Option(
        False, "--check", help="On a temporary home: probe every main page as every role, exit."
    ),
    portfolio: Path | None = typer.Option(None, help="A real file instead of the generated portfolio."),
    mapping: str = typer.Option("", help="Mapping of --portfolio: a file, or the name of a shipped one."),
    port: int = typer.Option(8000, min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    customers: int = typer.Option(300, min=1, max=100_000, help="How many people the generated portfolio has."),
    fresh: bool = typer.Option(False, "--fresh", help="Forget the data of an earlier demo and build it again."),
) -> None:
    """Build a demo home (var/demo), run the night, serve the desk and print the logins. Ctrl-C stops it."""
    source = _source(portfolio, mapping, customers)
    if check:
        with tempfile.TemporaryDirectory(prefix="fairdue-demo-") as folder:
            passed = _run(Path(folder), source, 0, check=True)
        if not passed:
            raise typer.Exit(1)
        return
    home = Path(os.environ.get("FAIRDUE_HOME", "var/demo")).resolve()
    if fresh:
        _forget(home)
    _run(home, source, port, check=False)


def _source(portfolio: Path | None, mapping: str, customers: int) -> dict[str, Any]:
    """What the demo is built from; refuses what cannot work before anything is written."""
    if portfolio is None:
        if mapping:
            unusable("--mapping is given without --portfolio; give the file too, or neither")
        return {"customers": customers}
    if not portfolio.is_file():
        unusable(f"{portfolio}: no such file; give an existing .csv, .xlsx or .parquet file")
    if not mapping:
        unusable("--portfolio needs --mapping; see the shipped ones with: fairdue mapping list")
    from fairdue.portfolio import load_mapping

    plan, findings = load_mapping(mapping)
    if plan is None:
        unusable(findings[0].line() if findings else f"--mapping {mapping}: cannot be read")
    return {
        "portfolio": str(portfolio.resolve()),
        "mapping": str(Path(mapping).resolve()) if Path(mapping).exists() else mapping,
    }


def _forget(home: Path) -> None:
    """Remove a demo home, and nothing that is not one."""
    if home.exists() and not (home / "demo.json").is_file() and any(home.iterdir()):
        unusable(f"{home}: not a demo home, so it is left alone; set FAIRDUE_HOME to an empty folder")
    shutil.rmtree(home, ignore_errors=True)


def _environment(home: Path) -> None:
    moment = datetime.now(UTC)  # house: naive-datetime - decides the demo's clock before the desk has one
    offset = shift_seconds(moment)
    values = {
        "FAIRDUE_HOME": str(home),
        "FAIRDUE_DEMO": "1",
        "FAIRDUE_CLOCK_OFFSET": str(offset),
        "DJANGO_SETTINGS_MODULE": "fairdue.desk.settings",
    }
    os.environ.update(values)
    for name, value in (
        ("FAIRDUE_INSTITUTION", "示例银行信用卡中心"),
        ("FAIRDUE_DEPARTMENT", "贷后服务部"),
        ("FAIRDUE_HOTLINE", "400-000-0000"),
        ("FAIRDUE_LOG_LEVEL", "WARNING"),
    ):
        os.environ.setdefault(name, value)
    if os.environ.pop("DATABASE_URL", None):
        stdout.print("DATABASE_URL is set aside: the demo keeps to a database file of its own.")
    if offset:
        at = datetime.now(ZONE) + timedelta(seconds=offset)  # house: naive-datetime - same moment, for the printed line
        stdout.print(f"In China it is outside 08:00–22:00, so the demo's clock is shifted: its day is at {at:%H:%M}.")


def _run(home: Path, source: dict[str, Any], port: int, check: bool) -> bool:
    marker = home / "demo.json"
    if marker.is_file() and json.loads(marker.read_text()) != source:
        unusable(f"{home} holds a demo built from other data; add --fresh to build it again")
    if not marker.is_file() and home.is_dir() and any(home.iterdir()):
        unusable(f"{home}: not a demo home; set FAIRDUE_HOME to an empty folder")
    home.mkdir(parents=True, exist_ok=True)
    port = port or _free_port()
    if _listening(port):
        unusable(f"port {port} is taken; choose another with --port, or 0 for a free one")
    _environment(home)
    _build(home, source, marker)
    with _server(port, home) as address:
        _hello(address)
        if check:
            from .demo_check import probe

            return probe(address, [(name, role) for name, role, *_ in USERS], PASSWORD)
        _wait()
    return True


def _build(home: Path, source: dict[str, Any], marker: Path) -> None:
    """Tables, users, portfolio and today's night; what is there already stays."""
    import fairdue.desk

    fairdue.desk.boot()
    from django.core.management import call_command

    from fairdue.desk import clock
    from fairdue.desk.worklist.models import NightRun
    from fairdue.desk.worklist.night import run_night

    from .demo_playbooks import fill_playbooks

    call_command("migrate", verbosity=0)
    _users()
    fill_playbooks()
    if not marker.is_file():
        _portfolio(home, source, clock.today())
        marker.write_text(json.dumps(source))
    else:
        stdout.print("The data of the earlier demo is used again (--fresh builds it anew).")
    NightRun.objects.filter(state="running").update(state="failed", error="the demo was stopped")
    if not NightRun.objects.filter(day=clock.today(), state="done").exists():
        begun = time.monotonic()
        run = run_night(clock.today())
        stdout.print(f"Night: {run.report.get('entries', 0)} customers on lists, {time.monotonic() - begun:.1f} s")


def _users() -> None:
    from fairdue.desk.people.models import User

    for username, role, name, spoken in USERS:
        if not User.objects.filter(username=username).exists():
            values = {"role": role, "first_name": name, "surname_spoken": spoken}
            User.objects.create_user(username, password=PASSWORD, certificates=["岗前培训"], **values)


def _portfolio(home: Path, source: dict[str, Any], day: date) -> None:
    from fairdue.desk.accounts.services import ImportRefusedError, import_portfolio

    if "portfolio" in source:
        files = [(Path(source["portfolio"]), source["mapping"])]
    else:
        from fairdue.portfolio.sample import make_sample
        from fairdue.portfolio.sample_writer import write_sample

        folder = home / "sample"
        write_sample(make_sample(source["customers"], 1, day), folder)
        files = [(folder / f"{name}.csv", mapping) for name, mapping in FEEDS]
    for file, mapping in files:
        begun = time.monotonic()
        try:
            batch = import_portfolio(file, mapping, as_of=day)
        except ImportRefusedError as exc:
            unusable(str(exc))
        counts = ", ".join(f"{key} {value}" for key, value in batch.counts.items() if isinstance(value, int) and value)
        stdout.print(f"Import {file.name}: {counts or 'nothing new'}, {time.monotonic() - begun:.1f} s", markup=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _server(port: int, home: Path) -> Iterator[str]:
    """gunicorn in a process of its own, always stopped at the end."""
    from .desk import gunicorn

    address = f"http://127.0.0.1:{port}"
    log = (home / "server.log").open("ab")
    process = subprocess.Popen(gunicorn("127.0.0.1", port, 1, 8), stdout=log, stderr=log, env=os.environ.copy())  # noqa: S603 - our own command
    try:
        _answering(address, process, home)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _answering(address: str, process: subprocess.Popen[bytes], home: Path) -> None:
    for _attempt in range(240):
        if process.poll() is not None:
            unusable(f"the server ended at once; see {home / 'server.log'}")
        try:
            with urllib.request.urlopen(f"{address}/people/login/", timeout=5):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    unusable(f"the server does not answer; see {home / 'server.log'}")


def _hello(address: str) -> None:
    stdout.print(f"\nFairdue · 公道 is at {address}", markup=False)
    for name, role, shown, _spoken in USERS:
        stdout.print(f"  {name:11} {PASSWORD}   {role} {shown}", markup=False)
    stdout.print("Every person in it is made up.\n")


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _wait() -> None:
    """Until Ctrl-C or a termination signal, also when the demo was started in the background of a script."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    stdout.print("Ctrl-C stops it.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        stdout.print("Stopped.")
