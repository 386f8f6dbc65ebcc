"""What was exported: who, when, which case, which digest, and the very document, sealed."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CaseFileExport(models.Model):
    """One export. `body_sealed` is the JSON itself, compressed and encrypted, so that a download is what was signed.

    `digest` is the SHA-256 of the JSON's bytes, as printed in the PDF's footer. `by` None is the command line.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="exports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    as_of = models.DateTimeField(help_text="the instant whose knowledge the file holds")
    masked = models.BooleanField(default=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why personal data was not masked")
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(help_text="bytes of the JSON")
    contacts = models.PositiveIntegerField(default=0)
    public_key = models.CharField(max_length=60)
    body_sealed = models.BinaryField()

    class Meta:
        ordering = ["-pk"]
