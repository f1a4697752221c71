"""The append-only record and its verifier; knows nothing of alerts."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "governance.core.ledger"
