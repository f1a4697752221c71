"""Addresses of delegations, of the list of roles, of the row-security audit, and of signing in."""

from django.urls import include, path

from governance.access.row_security.views import row_security, row_security_approve
from governance.access.views import access, delegation_end, delegation_lend, delegations

urlpatterns = [
    path("governance/access", access, name="access"),
    path("governance/access/row-security", row_security, name="row_security"),
    path(
        "governance/access/row-security/approve", row_security_approve, name="row_security_approve"
    ),
    path("governance/delegations", delegations, name="delegations"),
    path("governance/delegations/lend", delegation_lend, name="delegation_lend"),
    path("governance/delegations/<uuid:delegation_id>/end", delegation_end, name="delegation_end"),
    path("accounts/", include("governance.access.sign_in.urls")),
]
