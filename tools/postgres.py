"""Find a PostgreSQL server for the tests, or start a private one that ends with them.

`server()` is a context manager giving a URL or None. It tries, in this order: `FAIRDUE_TEST_POSTGRES`; a local server
that trusts us; a fresh cluster in a temporary folder on a free loopback port.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

LOCAL = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres?host=/var/run/postgresql")


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(
                "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            ).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server() -> Iterator[str | None]:
    """URL of a server on which databases may be created, or None when there is none and none can be started."""
    named = os.environ.get("FAIRDUE_TEST_POSTGRES")
    if named:
        yield named
        return
    for url in LOCAL:
        if _answers(url):
            yield url
            return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        yield None
        return
    with _private_cluster(programs[-1].parent) as url:
        yield url


@contextmanager
def _private_cluster(binaries: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="fairdue-pg-"))
    prefix: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    port = _free_port()
    data = folder / "data"
    try:
        subprocess.run(
            [*prefix, str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
        control = [*prefix, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        subprocess.run(
            [*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, stdout=subprocess.DEVNULL
        )
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
