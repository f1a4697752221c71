"""The `governance` app: accounts and roles."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance.core.identity"
    label = "governance"
    verbose_name = "Gouvernance"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from governance.core.identity.backend import sign_in_noted

        # Under Django's own name for it: its receiver, which nobody signs, is then not connected.
        user_logged_in.connect(sign_in_noted, dispatch_uid="update_last_login")
