"""Triggers that refuse update and delete (and truncate) of the audit trail, on SQLite and PostgreSQL."""

from django.db import migrations

from fairdue.desk.audit.triggers import POSTGRES, POSTGRES_BACK, SQLITE, SQLITE_BACK


def _run(sqlite, postgres):
    def apply(apps, schema_editor):
        for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement)

    return apply


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_initial")]
    operations = [migrations.RunPython(_run(SQLITE, POSTGRES), _run(SQLITE_BACK, POSTGRES_BACK))]
