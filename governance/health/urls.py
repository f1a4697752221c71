"""Addresses of the health endpoints."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
