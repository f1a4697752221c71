"""Addresses of routing and of the telephone."""

from django.urls import path

from governance.notifications.routing.views import on_call, routing, routing_remove

urlpatterns = [
    path("governance/notifications/routing", routing, name="notification_routing"),
    path(
        "governance/notifications/routing/<uuid:route_id>/remove",
        routing_remove,
        name="notification_routing_remove",
    ),
    path("governance/notifications/on-call", on_call, name="on_call"),
]
