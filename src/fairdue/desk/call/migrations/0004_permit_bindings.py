"""Permits as proofs: the database refuses what does not belong together (see `call.triggers`); leaner indexes; a sequence
for permit numbers on PostgreSQL."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fairdue.desk.call.triggers import POSTGRES, POSTGRES_BACK, SQLITE, SQLITE_BACK


def _run(sqlite, postgres):
    def apply(apps, schema_editor):
        for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement)

    return apply


def sequence(apps, schema_editor):
    """Permit numbers go on above the highest that the daily counters gave out."""
    if schema_editor.connection.vendor != "postgresql":
        return
    last = apps.get_model("accounts", "Serial").objects.filter(prefix="P").aggregate(last=models.Max("last"))["last"]
    schema_editor.execute(f"CREATE SEQUENCE call_permit_number START {(last or 0) + 1}")


def no_sequence(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE call_permit_number")


def _key(to, related, **more):
    """A foreign key whose look-ups another index serves already, or that nobody looks up: an index costs every permit a page."""
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related, to=to, db_index=False, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_import_jobs"),
        ("call", "0003_live_guidance"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField("permit", "customer", _key("accounts.customer", "permits")),
        migrations.AlterField("permit", "line", _key("accounts.line", "permits")),
        migrations.AlterField("permit", "account", _key("accounts.account", "+", null=True)),
        migrations.AlterField("permit", "agent", _key(settings.AUTH_USER_MODEL, "permits")),
        migrations.AlterField("contact", "customer", _key("accounts.customer", "contacts")),
        migrations.AlterField("contact", "line", _key("accounts.line", "contacts")),
        migrations.AddConstraint(
            "permit",
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("taken_at")), name="permit_has_time"),
        ),
        migrations.AddIndex("permit", models.Index(fields=["expires_at"], name="permit_open", condition=models.Q(state="open"))),
        migrations.AddIndex("pastcontact", models.Index(fields=["customer", "at"], name="past_customer_at")),
        migrations.RunPython(sequence, no_sequence),
        migrations.RunPython(_run(SQLITE, POSTGRES), _run(SQLITE_BACK, POSTGRES_BACK)),
    ]
