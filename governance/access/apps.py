"""Who may enter and do what: people, roles held, delegations lent, sign-in."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "governance.access"
    label = "access"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from governance.access.sign_in.sessions import session_noted

        user_logged_in.connect(session_noted, dispatch_uid="governance.access.session")
