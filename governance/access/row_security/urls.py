"""Addresses of the row-security audit."""

from django.urls import path

from governance.access.row_security.views import row_security, row_security_approve

urlpatterns = [
    path("governance/access/row-security", row_security, name="row_security"),
    path(
        "governance/access/row-security/approve", row_security_approve, name="row_security_approve"
    ),
]
