"""Addresses of the two-minute page, the integrity screen and the alert pages."""

from django.urls import path

from integrity.views.alert import alert_ack, alert_detail, alert_resolve
from integrity.views.home import home
from integrity.views.scans import scan, scans, schedule
from integrity.views.screen import screen

urlpatterns = [
    path("governance", home, name="home"),
    path("governance/integrity", screen, name="integrity"),
    path("governance/scans", scans, name="scans"),
    path("governance/scans/<uuid:scan_id>", scan, name="scan"),
    path("governance/schedule", schedule, name="schedule"),
    path("governance/alerts/<uuid:alert_id>", alert_detail, name="alert"),
    path("governance/alerts/<uuid:alert_id>/ack", alert_ack, name="alert_ack"),
    path("governance/alerts/<uuid:alert_id>/resolve", alert_resolve, name="alert_resolve"),
]
