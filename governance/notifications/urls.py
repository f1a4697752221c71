"""Addresses of notifications."""

from django.urls import path

from governance.notifications.channels.views import channel, channel_test, channels
from governance.notifications.deliveries.views import dead, deliveries, delivery
from governance.notifications.mailbox.views import mailbox, mailbox_message
from governance.notifications.maintenance.views import maintenance, maintenance_end

ROOM = "governance/notifications"
urlpatterns = [
    path(ROOM, deliveries, name="notifications"),
    path(f"{ROOM}/dead", dead, name="notifications_dead"),
    path(f"{ROOM}/channels", channels, name="notifications_channels"),
    path(f"{ROOM}/channels/<uuid:channel_id>", channel, name="notifications_channel"),
    path(
        f"{ROOM}/channels/<uuid:channel_id>/test", channel_test, name="notifications_channel_test"
    ),
    path(f"{ROOM}/maintenance", maintenance, name="notifications_maintenance"),
    path(
        f"{ROOM}/maintenance/<uuid:window_id>/end",
        maintenance_end,
        name="notifications_maintenance_end",
    ),
    path(f"{ROOM}/<uuid:delivery_id>", delivery, name="notifications_delivery"),
    path("governance/mailbox", mailbox, name="mailbox"),
    path("governance/mailbox/<uuid:delivery_id>", mailbox_message, name="mailbox_message"),
]
