"""The one table of what each role may do: menu, views, row policies and tests all read it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A role is held per source."""

    ADMIN = "admin", _("Administrateur")
    DIRECTEUR = "directeur", _("Directeur")
    PCA = "pca", _("Président du conseil d’administration")
    GERANT = "gerant", _("Gérant")
    AUDITEUR = "auditeur", _("Auditeur")


class Permission(models.TextChoices):
    VIEW = "view_integrity", _("voir l’écran d’intégrité")
    COMMENT = "comment", _("commenter et prendre en charge")
    ACT = "act", _("acquitter et résoudre")
    HISTORY = "history", _("consulter l’historique, exporter et vérifier le registre")
    ADMINISTER = "administer", _("gérer les comptes et leurs rôles")


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.DIRECTEUR: frozenset(
        {Permission.VIEW, Permission.COMMENT, Permission.ACT, Permission.HISTORY}
    ),
    Role.PCA: frozenset({Permission.VIEW, Permission.HISTORY}),
    Role.GERANT: frozenset({Permission.VIEW, Permission.COMMENT}),
    Role.AUDITEUR: frozenset({Permission.VIEW, Permission.HISTORY}),
}

# Who holds one of these signs in with a second factor wherever settings.FACTOR_REQUIRED says so.
FACTOR_ROLES = (Role.ADMIN, Role.DIRECTEUR)

# What a dated delegation lends to its holder, and to whom it may be lent.
DELEGATED = Permission.ACT
DELEGATE_ROLE = Role.GERANT

# The console's own findings: admins act on them; everybody sees those that concern a source they hold.
CONSOLE_SOURCE = "console"


def role_label(role: str) -> str:
    """The role in words; empty for the machine, which holds none."""
    return str(Role(role).label) if role in Role.values else ""


def roles_with(permission: Permission) -> list[Role]:
    """Roles that hold `permission` by themselves, in the order of the table."""
    return [role for role, permissions in ALLOWED.items() if permission in permissions]
