"""Addresses of the history, its exports, and the state of the ledger."""

from django.urls import path

from governance.history.export.views import export_csv, export_jsonl
from governance.history.ledger_views import ledger, ledger_verification
from governance.history.notable.views import attention
from governance.history.views import history

urlpatterns = [
    path("governance/history", history, name="history"),
    path("governance/history/attention", attention, name="attention"),
    path("governance/history/export.csv", export_csv, name="history_csv"),
    path("governance/history/export.jsonl", export_jsonl, name="history_jsonl"),
    path("governance/ledger", ledger, name="ledger"),
    path("governance/ledger/verify", ledger_verification, name="ledger_verify"),
]
