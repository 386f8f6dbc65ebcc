"""Commands of the desk: serve, migrate, users, keys, audit, demo."""

from __future__ import annotations

import base64
import os
import secrets
import sys

import typer

from .audit import register_audit
from .demo import demo
from .io import stdout, unusable

ROLES = ("agent", "lead", "compliance", "trainer", "admin", "machine")


def register(app: typer.Typer) -> None:
    """Add the desk's commands to `app`."""
    app.command()(serve)
    app.command()(migrate)
    app.command()(demo)
    user = typer.Typer(help="Users of the desk.", no_args_is_help=True)
    user.command("create")(user_create)
    user.command("list")(user_list)
    user.command("password")(user_password)
    user.command("token")(user_token)
    app.add_typer(user, name="user")
    keys = typer.Typer(help="Keys of the desk.", no_args_is_help=True)
    keys.callback()(lambda: None)
    keys.command("new")(keys_new)
    app.add_typer(keys, name="keys")
    register_audit(app)


def boot() -> None:
    """Start Django; an unusable key or database is one clear line."""
    import fairdue.desk
    from fairdue.desk.keys import UnusableKeyError

    try:
        fairdue.desk.boot()
    except UnusableKeyError as exc:
        unusable(str(exc))


def ready() -> None:
    """Start Django and refuse, with the way to mend it, when the database is not there or not up to date."""
    boot()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import DatabaseError

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as exc:
        unusable(f"the database cannot be used ({str(exc).splitlines()[0]}); check DATABASE_URL and that it runs")
    if behind:
        unusable("the database is not up to date; run: fairdue migrate")


def gunicorn(host: str, port: int, workers: int, threads: int) -> list[str]:
    """The server's command line."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads), "--timeout", "120"]
    hooks = ["--config", "python:fairdue.desk.gunicorn_conf"]
    return [sys.executable, "-m", "gunicorn", *hooks, "fairdue.desk.wsgi:application", "--bind", address, *options]


def serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8000, min=1, max=65535, help="Port to listen on."),
    workers: int = typer.Option(2, min=1, max=64, help="Processes."),
    threads: int = typer.Option(8, min=1, max=256, help="Threads of each process."),
) -> None:
    """Serve the desk with gunicorn until it is stopped."""
    ready()
    os.environ["DJANGO_SETTINGS_MODULE"] = "fairdue.desk.settings"
    os.environ.setdefault("FAIRDUE_STREAMS", str(threads // 2))  # the other threads answer requests
    command = gunicorn(host, port, workers, threads)
    os.execv(command[0], command)  # noqa: S606 - our own interpreter, no shell


def migrate() -> None:
    """Create the database's tables or bring them up to date."""
    boot()
    from django.core.management import call_command
    from django.db.utils import DatabaseError

    try:
        call_command("migrate", verbosity=0)
    except DatabaseError as exc:
        unusable(f"the database cannot be used ({str(exc).splitlines()[0]}); check DATABASE_URL and that it runs")
    stdout.print("The database is up to date.")


def _password(username: str, given: str | None, generate: bool) -> str:
    """The new password: generated, from standard input (`-`), or asked for; checked by the desk's rules."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.utils import translation

    if generate:
        return secrets.token_urlsafe(12)
    if given == "-":
        value = sys.stdin.readline().rstrip("\n")
    else:
        value = typer.prompt(f"Password for {username}", hide_input=True, confirmation_prompt=True)
    try:
        with translation.override("en"):
            validate_password(value)
    except ValidationError as exc:
        unusable(f"the password is not accepted: {' '.join(exc.messages)}")
    return str(value)


def user_create(
    username: str = typer.Argument(..., help="Name to sign in with."),
    role: str = typer.Option("agent", help=f"One of {', '.join(ROLES)}."),
    name: str = typer.Option("", help="Name shown on pages."),
    capacity: int = typer.Option(80, min=0, help="Customers a day."),
    certificate: list[str] = typer.Option([], help="A certificate held; may be given several times."),
    language: str = typer.Option("zh-hans", help="zh-hans or en."),
    password: str | None = typer.Option(None, help="- reads it from standard input; without it you are asked."),
    generate: bool = typer.Option(False, "--generate", help="Make a password, print it, ask to change it at sign-in."),
) -> None:
    """Create a user, the first administrator too."""
    ready()
    from django.db import transaction

    from fairdue.desk.audit import services as audit
    from fairdue.desk.people.models import User

    if role not in ROLES:
        unusable(f"--role {role}: not a role; use one of {', '.join(ROLES)}")
    if language not in ("zh-hans", "en"):
        unusable(f"--language {language}: not known; use zh-hans or en")
    if User.objects.filter(username=username).exists():
        unusable(f"{username}: there is such a user already; change the password with: fairdue user password")
    secret = _password(username, password, generate)
    with transaction.atomic():
        user = User.objects.create_user(
            username,
            password=secret,
            role=role,
            first_name=name,
            capacity=capacity,
            certificates=certificate,
            language=language,
            must_change_password=generate,
        )
        audit.write("people.created", actor=None, subject=f"user:{user.pk}", payload={"role": role, "by": "cli"})
    stdout.print(f"{username}: {role}" + (f", first password {secret}" if generate else ""), markup=False)


def user_list() -> None:
    """List users with role, capacity and whether they may sign in."""
    ready()
    from fairdue.desk.people.models import User

    for user in User.objects.order_by("username"):
        active = "active" if user.is_active else "may not sign in"
        stdout.print(f"{user.username:20} {user.role:11} {user.capacity:5} {active}", markup=False)


def user_token(
    username: str = typer.Argument(..., help="User name."),
    name: str = typer.Option("api", help="What the token is for."),
    revoke: bool = typer.Option(False, "--revoke", help="Revoke all tokens of the user instead."),
) -> None:
    """Print a new API token of a user, once; or revoke all of them."""
    ready()
    from fairdue.desk.people.models import User
    from fairdue.desk.people.tokens import issue_token, revoke_tokens

    user = User.objects.filter(username=username).first()
    if user is None:
        unusable(f"{username}: no such user; see: fairdue user list")
    if revoke:
        stdout.print(f"{revoke_tokens(user)} tokens revoked")
        return
    stdout.print(issue_token(user, name), markup=False)


def user_password(
    username: str = typer.Argument(..., help="Whose password."),
    password: str | None = typer.Option(None, help="- reads it from standard input; without it you are asked."),
    generate: bool = typer.Option(False, "--generate", help="Make a password, print it, ask to change it at sign-in."),
) -> None:
    """Set a user's password and lift a lock-out."""
    ready()
    from axes.utils import reset
    from django.db import transaction

    from fairdue.desk.audit import services as audit
    from fairdue.desk.people.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        unusable(f"{username}: no such user; see: fairdue user list")
    secret = _password(username, password, generate)
    with transaction.atomic():
        user.set_password(secret)
        user.must_change_password = generate
        user.save()
        audit.write("people.password_changed", actor=None, subject=f"user:{user.pk}", payload={"by": "cli"})
    reset(username=username)
    stdout.print(f"{username}: password set" + (f", {secret}" if generate else ""), markup=False)


def keys_new() -> None:
    """Print three fresh keys as environment variables. Losing the field key loses the personal data: back it up."""
    for name in ("FAIRDUE_SECRET_KEY", "FAIRDUE_FIELD_KEY", "FAIRDUE_INDEX_KEY"):
        typer.echo(f"{name}={base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}")
