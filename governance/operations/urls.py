"""Addresses of the health endpoints."""

from django.urls import path

from governance.operations import views

urlpatterns = [
    path("health", views.health, name="health"),
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
]
