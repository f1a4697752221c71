"""Addresses of the rules' pages."""

from django.urls import path

from governance.desk.rules.views import rule, rules

urlpatterns = [
    path("governance/rules", rules, name="rules"),
    path("governance/rules/<str:code>", rule, name="rule"),
]
