"""What the worker brings: its own housekeeping, and the queue's rights in the database."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import ROWS, Capability, Schedule
from governance.core.jobs import health, runs

CAPABILITY = Capability(
    health={"worker": health.worker},
    preflight={"worker": health.preflight},
    metrics={"jobs": health.metrics},
    schedules=(
        Schedule(
            key="tidy",
            label=_("Ménage des travaux terminés"),
            command=("jobs_tidy",),
            limit_s=600,
            cron="30 1 * * *",
        ),
    ),
    identities={runs.IDENTITY: _("La planification")},
    tables={
        "job_run": ("SELECT", "INSERT", "UPDATE"),
        # The queue. Its functions run with the caller's rights; whatever an event or a job that ends by
        # itself leaves behind, foreign keys delete as the owner.
        "procrastinate_jobs": ROWS,
        "procrastinate_events": ("SELECT", "INSERT"),
        "procrastinate_periodic_defers": ROWS,
        "procrastinate_workers": ROWS,
    },
    sequences=(
        "procrastinate_jobs_id_seq",
        "procrastinate_periodic_defers_id_seq",
        "procrastinate_events_id_seq",
    ),
    functions=(
        "procrastinate_defer_jobs_v1",
        "procrastinate_defer_periodic_job_v2",
        "procrastinate_fetch_job_v2",
        "procrastinate_finish_job_v1",
        "procrastinate_retry_job_v2",
        "procrastinate_register_worker_v1",
        "procrastinate_unregister_worker_v1",
        "procrastinate_update_heartbeat_v1",
        "procrastinate_prune_stalled_workers_v1",
    ),
    owner_alone=("procrastinate_cancel_job_v1", "procrastinate_retry_job_v1"),
)
