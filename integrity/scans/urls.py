"""Addresses of the scans and of the timetable."""

from django.urls import path

from integrity.scans.views import scan, scans, schedule

urlpatterns = [
    path("governance/scans", scans, name="scans"),
    path("governance/scans/<uuid:scan_id>", scan, name="scan"),
    path("governance/schedule", schedule, name="schedule"),
]
