"""Addresses of the journal."""

from django.urls import path

from governance.access.journal.views import journal

urlpatterns = [path("governance/access/journal", journal, name="access_journal")]
