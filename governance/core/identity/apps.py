"""Accounts and roles as a Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "governance.core.identity"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from governance.core.identity.backend import sign_in_noted

        # Under Django's own name for it: its receiver, which nobody signs, is then not connected.
        user_logged_in.connect(sign_in_noted, dispatch_uid="update_last_login")
