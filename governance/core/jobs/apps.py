"""The timetable and the workers; knows what is due and not what it does."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "governance.core.jobs"
