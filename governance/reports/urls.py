"""The addresses of the report."""

from django.urls import path

from governance.reports.views import keep, report, verify

urlpatterns = [
    path("governance/rapport", report, name="report"),
    path("governance/rapport/keep", keep, name="report_keep"),
    path("governance/rapport/verify", verify, name="report_verify"),
]
