"""An event gets its digest when it is written and its place in the chain (seq, previous, hash) once, right after.

The triggers are taken off for the change of the table (SQLite makes it anew) and put back as `audit.triggers` has them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fairdue.desk.audit.triggers import POSTGRES, POSTGRES_BACK, SQLITE, SQLITE_BACK


def _run(sqlite, postgres):
    def apply(apps, schema_editor):
        for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement)

    return apply


OFF = migrations.RunPython(_run(SQLITE_BACK, POSTGRES_BACK), _run(SQLITE, POSTGRES))
ON = migrations.RunPython(_run(SQLITE, POSTGRES), _run(SQLITE_BACK, POSTGRES_BACK))


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_append_only"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        OFF,
        migrations.AddField("auditevent", "digest", models.CharField(
            max_length=64, blank=True, default="", help_text="empty on events of the first format"), preserve_default=False),
        migrations.AlterField("auditevent", "seq", models.BigIntegerField(unique=True, null=True)),
        migrations.AlterField("auditevent", "previous", models.CharField(max_length=64, null=True)),
        migrations.AlterField("auditevent", "hash", models.CharField(max_length=64, null=True)),
        migrations.AlterField("auditevent", "actor", models.ForeignKey(
            null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, db_index=False)),
        migrations.AlterField("auditevent", "kind", models.CharField(max_length=60)),
        migrations.AlterField("auditevent", "subject", models.CharField(max_length=80, blank=True)),
        migrations.AlterField("auditevent", "customer_id", models.BigIntegerField(null=True)),
        migrations.AddIndex("auditevent", models.Index(fields=["subject"], name="audit_subject")),
        migrations.AddIndex("auditevent", models.Index(fields=["customer_id"], name="audit_customer")),
        migrations.AddIndex("auditevent", models.Index(fields=["id"], name="audit_waiting", condition=models.Q(seq=None))),
        ON,
    ]
