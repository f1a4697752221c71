"""Addresses of delegations, of the list of roles, and of signing in."""

from django.urls import include, path

from governance.access.views import access, delegation_end, delegation_lend, delegations

urlpatterns = [
    path("governance/access", access, name="access"),
    path("governance/delegations", delegations, name="delegations"),
    path("governance/delegations/lend", delegation_lend, name="delegation_lend"),
    path("governance/delegations/<uuid:delegation_id>/end", delegation_end, name="delegation_end"),
    path("accounts/", include("governance.access.sign_in.urls")),
]
