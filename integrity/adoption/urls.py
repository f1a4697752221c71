"""Addresses of the page of a source."""

from django.urls import path

from integrity.adoption.views import source, source_retirement

urlpatterns = [
    path("governance/sources/<str:slug>", source, name="source"),
    path("governance/sources/<str:slug>/retire", source_retirement, name="source_retire"),
]
