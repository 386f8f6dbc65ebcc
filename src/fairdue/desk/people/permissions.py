"""Who may see whom. An agent sees the customers that are theirs: assigned, or on their list today."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from fairdue.desk import clock
from fairdue.desk.accounts.models import Customer

from .models import Role, User

SEES_ALL = (Role.LEAD, Role.COMPLIANCE, Role.ADMIN)


def visible_customers(user: User) -> QuerySet[Customer]:
    """The customers this user may open; trainers see none, because training runs on made-up people."""
    if user.role in SEES_ALL:
        return Customer.objects.all()
    if user.role == Role.AGENT:
        today = Q(entries__agent=user, entries__day=clock.today())
        return Customer.objects.filter(Q(assigned_to=user) | today).distinct()
    return Customer.objects.none()
