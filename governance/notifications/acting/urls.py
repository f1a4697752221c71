"""The address of a message's link."""

from django.urls import path

from governance.notifications.acting.views import act

urlpatterns = [path("governance/messages/<str:link>", act, name="message_act")]
