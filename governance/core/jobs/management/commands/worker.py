"""`manage.py worker`: run what is due, until told to stop."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from governance import release
from governance.core.identity.checks import refuse_demonstration_password
from governance.core.jobs.worker import worker_run
from governance.env import env


class Command(BaseCommand):
    help = "Run the scheduled jobs until SIGTERM or Ctrl-C; start as many workers as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        if env.bool("SERVED_BY_LAUNCHER", default=False):
            # In a developer's terminal only what went wrong is worth a line.
            logging.getLogger("governance.core.jobs").setLevel(logging.WARNING)
        refuse_demonstration_password()
        release.at_start(settings.BASE_DIR)
        worker_run()
