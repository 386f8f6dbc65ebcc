"""Users and what they may do."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a user may see and do; see `people/permissions.py`."""

    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Team lead")
    COMPLIANCE = "compliance", _("Compliance")
    TRAINER = "trainer", _("Trainer")
    ADMIN = "admin", _("Administrator")
    MACHINE = "machine", _("Telephone system")


class Agency(models.Model):
    """A third-party agency (第三方催收机构). Facts the gate needs (CN-CBA-08, CN-GBT-17); both contract days belong to it.

    `code` is written into contact histories of other systems, so it never changes. `list_url` is the lender's published
    list and `listed_on` the day on which somebody looked it up.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    listed = models.BooleanField(default=False)
    list_url = models.URLField(max_length=300, blank=True)
    listed_on = models.DateField(null=True, blank=True)
    contract_from = models.DateField(null=True, blank=True)
    contract_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contract_from=None)
                | models.Q(contract_until=None)
                | models.Q(contract_until__gte=models.F("contract_from")),
                name="contract_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class User(AbstractUser):
    """A person who works with the desk. `surname_spoken` is what an agent says on the phone (免贵姓…)."""

    role = models.CharField(max_length=12, choices=Role.choices, default=Role.AGENT)
    surname_spoken = models.CharField(max_length=12, blank=True)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT)
    capacity = models.PositiveIntegerField(default=80, help_text="customers a day")
    skills = models.JSONField(default=list, blank=True)
    certificates = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    must_change_password = models.BooleanField(default=False)


class ApiToken(models.Model):
    """A token for machines; only its SHA-256 is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
