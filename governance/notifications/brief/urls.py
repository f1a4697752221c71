"""The address of the brief."""

from django.urls import path

from governance.notifications.brief.views import morning

urlpatterns = [path("governance/brief", morning, name="brief")]
