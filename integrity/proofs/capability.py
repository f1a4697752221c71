"""What proofs bring: the nightly job that proves every rule, and what is kept of it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, LedgerAction, Schedule
from governance.core.ledger.models import LedgerEntry
from integrity.proofs import health, runs
from integrity.proofs.models import RuleProof


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    verdict = str(entry.values.get("verdict"))
    known = verdict in RuleProof.Verdict.values
    return {"verdict": str(RuleProof.Verdict(verdict).label).lower() if known else ""}


# Recorded by the trigger of integrity_rule_proof.
ACTIONS = {
    "rule.prove": LedgerAction(
        _("Preuve d’une règle"),
        _("%(who)s a essayé la règle « %(what)s » sur %(on)s : %(verdict)s"),
        subject_type="rule",
        system=runs.IDENTITY,
    ),
}

CAPABILITY = Capability(
    health={"sources": health.sources},
    schedules=(
        Schedule(
            key="proofs",
            label=_("Preuve des règles"),
            command=("rules", "prove"),
            limit_s=1800,
            cron="30 0 * * *",
            answers=frozenset({0, 1}),  # a rule that is not proved has its alert
        ),
    ),
    actions=ACTIONS,
    facts={"rule": _facts},
    identities={runs.IDENTITY: _("La preuve automatique")},
    tables={"integrity_rule_proof": ("SELECT", "INSERT")},
    record=("integrity_rule_proof",),
)
