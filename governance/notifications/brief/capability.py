"""What the brief brings: its page, its hour, its table."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import ROWS, Capability, MenuEntry, Schedule

CAPABILITY = Capability(
    menu=(MenuEntry("brief", _("Point"), group=_("Messages")),),
    urls=("governance.notifications.brief.urls",),
    schedules=(
        Schedule(
            key="brief",
            label=_("Point du matin"),
            command=("brief",),
            limit_s=300,
            cron="*/5 * * * *",
        ),
    ),
    tables={"brief_wish": ROWS},
)
