"""Ledger entries as sentences that a director reads aloud; reads nothing, names come from the caller."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from governance.core.capability import registry
from governance.core.ledger.actors import actor_name
from governance.core.ledger.models import LedgerEntry
from governance.history.values import instant_text


def action_label(action: str) -> str:
    """The heading of an action. One whose room is gone shows under its own name, never not at all."""
    known = registry().actions.get(action)
    return str(known.label) if known else action


def sentence(entry: LedgerEntry, *, what: str, names: Mapping[str, str]) -> str:
    """One line. `what` is the alert's message at that moment, or the name of a person concerned."""
    # A quotation mark never stands alone at the end or the start of a line.
    loan = by_loan(entry, names)
    said = _said(entry, what, names) + (f" ({loan})" if loan else "")
    return said.replace("« ", "«\u00a0").replace(" »", "\u00a0»")


def by_loan(entry: LedgerEntry, names: Mapping[str, str]) -> str:
    """By whose right a delegate acted and until when; empty for everybody else."""
    said = entry.after or {}
    if not said.get("delegated_by"):
        return ""
    # The words of alerts.presentation.loan_words, of an instant that stands in the entry.
    return _("par délégation de %(who)s jusqu’au %(until)s") % {
        "who": names.get(str(said["delegated_by"])) or _("compte inconnu"),
        "until": instant_text(str(said.get("delegated_until") or "")),
    }


def _said(entry: LedgerEntry, what: str, names: Mapping[str, str]) -> str:
    who = actor_name(entry.actor, names)
    action = registry().actions.get(entry.action)
    if action is None:
        return _("%(who)s : %(action)s (%(type)s %(id)s)") % {
            "who": who,
            "action": entry.action,
            "type": entry.subject_type,
            "id": entry.subject_id,
        }
    facts = {"who": who, "what": what, "on": entry.source or _("toute la console")}
    if more := registry().facts.get(entry.action.partition(".")[0]):
        facts |= {key: str(value) for key, value in more(entry, names).items() if value}
    template = action.sentence(entry) if callable(action.sentence) else str(action.sentence)
    return template % _Facts(facts)


class _Facts(dict[str, str]):
    """Entries of several ages meet here, so a fact may be missing from any of them."""

    def __missing__(self, key: str) -> str:
        return "…"


def note_of(entry: LedgerEntry) -> str:
    """What the person wrote, or why the machine did it; empty when there is nothing to read."""
    said, fields = entry.after or {}, registry().fields
    written = (said[key] for key in said if key in fields and fields[key].is_note and said[key])
    if note := next(written, None):
        return str(note)
    action = registry().actions.get(entry.action)
    return action.note(entry) if action else ""
