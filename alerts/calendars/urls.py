"""Addresses of a source's calendar."""

from django.urls import path

from alerts.calendars.views import calendar

urlpatterns = [
    path("governance/sources/<str:slug>/calendar", calendar, name="source_calendar"),
]
