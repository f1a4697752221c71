"""The address of the report."""

from django.urls import path

from governance.reports.views import report

urlpatterns = [path("governance/rapport", report, name="report")]
