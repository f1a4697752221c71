"""What operations brings: the probes, and the identity under which they look."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import READ, Capability, Schedule
from governance.operations import preflight, running

CAPABILITY = Capability(
    health={"files": running.health},
    preflight={"operations": preflight.own, "release": running.preflight},
    metrics={"release": running.metrics},
    schedules=(
        Schedule(
            key="release",
            label=_("Comparaison avec la version publiée"),
            command=("release", "verify"),
            limit_s=60,
            cron="*/10 * * * *",
        ),
    ),
    urls=("governance.operations.urls",),
    identities={
        "health": _("La sonde de santé"),
        "preflight": _("L’examen avant le départ"),
    },
    tables={"django_migrations": READ},
)
