"""Who may enter and do what: roles held, delegations lent; knows nothing of alerts."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "governance.access"
    label = "access"
