"""Owns the operator's door to the reference depot: `load_depot`, which replaces a depot's content.

Must not decide what a scenario holds, nor which databases are safe to replace.
"""

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from governance.core.database.address import database_address
from integrity.depot import (
    LARGE_ANOMALIES,
    LARGE_MOVEMENTS,
    SCENARIOS,
    DepotRefusedError,
    scenario_load,
    schema_create,
)


class Command(BaseCommand):
    help = "Replace the content of a reference depot by a scenario; never touches another database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scenario", required=True, choices=SCENARIOS)
        parser.add_argument("--movements", type=_size, help="healthy movements of 'large'")
        parser.add_argument("--anomalies", type=_size, help="anomalies of 'large'")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--now", help="ISO 8601 with offset; times are relative to it")
        parser.add_argument(
            "--database-url",
            type=database_address,
            metavar="NAME|@FILE|URL",
            help="variable, file or address (without a password) of the depot as its owner; "
            "default: the embedded one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scenario = options["scenario"]
        sizes = [options["movements"], options["anomalies"]]
        if scenario != "large" and sizes != [None, None]:
            raise CommandError("--movements and --anomalies belong to --scenario large.")
        now = _now(options["now"])
        url = options["database_url"] or _embedded_url()
        try:
            with psycopg.connect(url, connect_timeout=10) as connection:
                schema_create(connection)
                counts = scenario_load(
                    connection,
                    scenario,
                    now=now,
                    movements=LARGE_MOVEMENTS if sizes[0] is None else sizes[0],
                    anomalies=LARGE_ANOMALIES if sizes[1] is None else sizes[1],
                    seed=options["seed"],
                )
        except DepotRefusedError as error:
            raise CommandError(f"Refused: {error}.") from error
        except psycopg.ProgrammingError as error:
            if error.sqlstate is None:  # libpq quotes the URL in its message, password included
                raise CommandError("--database-url is not a PostgreSQL URL.") from None
            raise CommandError(_one_line(error)) from error
        except psycopg.Error as error:
            raise CommandError(_one_line(error)) from error
        shown = ", ".join(f"{value} {name}" for name, value in asdict(counts).items())
        self.stdout.write(f"{scenario}: {shown}")


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ArgumentTypeError("must be a whole number, 0 or more")
    return int(text)


def _now(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--now {text!r} is not an ISO 8601 time.") from None
    if now.tzinfo is None:
        raise CommandError("--now needs an offset, such as 2026-02-19T08:00:00+02:00.")
    return now


def _embedded_url() -> str:
    url: str = settings.DEPOT_OWNER_URL
    if not (settings.EMBEDDED and url):
        raise CommandError("Name the depot with --database-url URL: no embedded PostgreSQL here.")
    return url


def _one_line(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0]
