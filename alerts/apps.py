"""The life of an alert; accepts a generic finding and knows nothing of rules."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
