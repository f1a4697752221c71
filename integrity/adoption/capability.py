"""What adoption brings: the job that watches the packs, and what is kept of what it found."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import ROWS, Capability, Schedule
from integrity.adoption import watching

CAPABILITY = Capability(
    schedules=(
        Schedule(
            key="packs",
            label=_("Examen des paquets de règles"),
            command=("pack", "watch"),
            limit_s=120,
            cron="*/5 * * * *",
            answers=frozenset({0, 1}),  # a rule that cannot be used has its alert
        ),
    ),
    identities={watching.IDENTITY: _("L’examen des paquets")},
    tables={"rule_fault": ROWS},
)
