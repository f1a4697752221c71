"""Who is told of what, when and how: the outbox, its deliveries, the channels. It changes no alert."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "governance.notifications"
    label = "notifications"
