"""What the ledger brings: its nightly verification, what that reads like, its tables and functions."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.core.capability import (
    OWNER_ALONE,
    READ,
    Capability,
    Field,
    LedgerAction,
    Schedule,
)
from governance.core.ledger import health, record, waiting, warning
from governance.core.ledger.actors import actor_name
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.verification import signing, verify
from governance.core.web.templatetags.ui import number


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    found = entry.after or {}
    facts = {
        "seq": found.get("seq"),
        "bad": found.get("first_bad"),
        "n": number(found.get("entries")),
        "after": number(found.get("read_after")),
        "fault": verify.Fault(found["fault"]).label if found.get("fault") in verify.Fault else "",
    }
    return facts | ({"who": actor_name(found["asked_by"], names)} if "asked_by" in found else {})


def _verified(entry: LedgerEntry) -> str:
    found = entry.after or {}
    if "asked_by" in found:
        return _asked(found)
    if found.get("fault") in verify.NO_ENTRY:
        return gettext("%(who)s a vérifié le registre : ROMPU, %(fault)s")
    if found.get("first_bad") is not None:
        return gettext("%(who)s a vérifié le registre : ROMPU à l’entrée n° %(bad)s")
    return gettext("%(who)s a vérifié le registre : intact, %(n)s entrées")


def _asked(found: Mapping[str, Any]) -> str:
    if found.get("fault") in verify.NO_ENTRY:
        return gettext("%(who)s a fait vérifier le registre : ROMPU, %(fault)s")
    if found.get("first_bad") is not None:
        return gettext("%(who)s a fait vérifier le registre : ROMPU à l’entrée n° %(bad)s")
    if "read_after" in found:
        return gettext(
            "%(who)s a fait vérifier la suite de l’entrée n° %(after)s du registre : intacte, %(n)s entrées"
        )
    return gettext("%(who)s a fait vérifier le registre : intact, %(n)s entrées")


CAPABILITY = Capability(
    health={"ledger": health.ledger},
    preflight={"ledger": health.preflight},
    metrics={"ledger": health.metrics},
    page_warnings=(warning.page_warnings,),
    schedules=(
        Schedule(
            key="ledger",
            label=_("Vérification du registre"),
            command=("ledger_verify",),
            limit_s=3600,
            cron="0 1 * * *",
            answers=frozenset({0, 1}),  # a broken record has its alert
        ),
        Schedule(
            key="checkpoint",
            label=_("Jalon signé, hors de la machine"),
            command=("ledger_checkpoint", "--send"),
            limit_s=3600,
            cron="0 2 * * *",
        ),
    ),
    actions={
        "ledger.verify": LedgerAction(
            _("Vérification du registre"),
            _verified,
            subject_type="ledger",
            system=verify.IDENTITY,
        ),
        "ledger.checkpoint": LedgerAction(
            _("Jalon signé"),
            _("%(who)s a signé le jalon n° %(seq)s"),
            subject_type="ledger",
            system=signing.IDENTITY,
        ),
    },
    facts={"ledger": _facts},
    fields={
        "source": Field(_("Source")),
        "first_seq": Field(_("De l’entrée")),
        "last_seq": Field(_("Jusqu’à l’entrée")),
        "last_hash": Field(_("Empreinte de la dernière")),
        "entries": Field(_("Entrées")),
        "whole": Field(_("Intact")),
        "read_after": Field(_("Lu à la suite de l’entrée")),
        "first_bad": Field(_("Première entrée fausse")),
        "fault": Field(_("Défaut")),
        "checkpoints": Field(_("Jalons comparés")),
        "milliseconds": Field(_("Durée (ms)")),
        "drifts": Field(_("Objets qui diffèrent")),
        "known": Field(_("Retenu hors de la base")),
        "expected": Field(_("Attendu")),
        "accepted": Field(_("Écart accepté")),
        "asked_by": Field(_("Demandée par"), is_person=True),
        **dict.fromkeys(("id", "version", "updated_at", "created_at"), Field(is_shown=False)),
    },
    identities={
        verify.IDENTITY: _("La vérification automatique"),
        signing.IDENTITY: _("Le signataire du registre"),
        "export": _("L’export de l’historique"),
        waiting.IDENTITY: _("L’inscription au registre"),
        record.IDENTITY: _("La mise à jour"),
    },
    tables={
        "ledger_entry": READ,
        "ledger_head": READ,
        "ledger_batch": READ,
        "ledger_pending": READ,
        "ledger_action": OWNER_ALONE,
    },
    record=("ledger_entry", "ledger_pending"),
    functions=(
        "ledger_lock",
        "ledger_note",
        "ledger_state",
        "ledger_instant",
        "ledger_later",
        "ledger_seal",
        "ledger_chain_next",
        "ledger_late",
        "ledger_waiting",
        "ledger_check",
        "ledger_canonical",
        "ledger_hash",
        "ledger_line",
    ),
    owner_alone=(
        "ledger_account",
        "ledger_is_later",
        "ledger_actor",
        "ledger_append",
        "ledger_chain",
        "ledger_chain_step",
        "ledger_changed",
        "ledger_action_check",
        "ledger_delegation",
        "ledger_note_fits",
    ),
)
