"""Rules, the view they compile to, scans, and the screen."""

from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "integrity"
