"""The address of the configuration."""

from django.urls import path

from governance.access.configuration.views import configuration

urlpatterns = [path("governance/configuration", configuration, name="configuration")]
