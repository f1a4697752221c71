"""Addresses of the help pages and of the living page."""

from django.urls import path

from governance.guide.views import help_index, help_role, living_page, tour, visit

urlpatterns = [
    path("governance/aide", help_index, name="help"),
    path("governance/aide/presentation", tour, name="tour"),
    path("governance/aide/visite", visit, name="visit"),
    path("governance/aide/<str:role>", help_role, name="help_role"),
    path("governance/ui", living_page, name="living_page"),
]
