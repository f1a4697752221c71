"""Whose turn it is by the kind, in words: the role that it names as owner."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from alerts.kinds import Kind
from governance.core.identity.roles import Role

TO_ROLE = {
    Role.ADMIN: _lazy("à l’administrateur"),
    Role.DIRECTEUR: _lazy("au directeur"),
    Role.PCA: _lazy("au président du conseil d’administration"),
    Role.GERANT: _lazy("au gérant"),
    Role.AUDITEUR: _lazy("à l’auditeur"),
}


THE_ROLE = {
    Role.ADMIN: _lazy("L’administrateur"),
    Role.DIRECTEUR: _lazy("Le directeur"),
    Role.PCA: _lazy("Le président du conseil d’administration"),
    Role.GERANT: _lazy("Le gérant"),
    Role.AUDITEUR: _lazy("L’auditeur"),
}


def owner_named(kind: Kind) -> str:
    """“Le gérant”, as a sentence begins."""
    return str(THE_ROLE[kind.owner_role])


def owner_turn(kind: Kind | None) -> str:
    """“au gérant d’agir”; empty where no rule of ours says."""
    if kind is None:
        return ""
    return _("%(whom)s d’agir") % {"whom": TO_ROLE[kind.owner_role]}


def owner_role_name(kind: Kind | None) -> str:
    """“Gérant”, where a line has no room for the sentence; empty as above."""
    return str(kind.owner_role.label) if kind else ""
