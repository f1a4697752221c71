"""Puts together what Prometheus reads: what the rooms say, readiness, who is running, the requests.

All but the requests is read from the database at the moment of asking, so it is the same whichever process
or machine is asked, and true also when no worker lives to tell it.
"""

import logging
import os
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from governance.core.capability import Gauge, registry
from governance.core.identity.acting import acting_as_system
from governance.operations import requests
from governance.operations.readiness import STATEMENT_TIMEOUT, readiness

IDENTITY = "health"
logger = logging.getLogger(__name__)


def metrics_text() -> bytes:
    """Everything, in Prometheus' own format."""
    told = CollectorRegistry()
    told.register(_Told(list(_figures())))
    return generate_latest(told) + generate_latest(_requests())


class _Told:
    """The library asks for families; ours are ready."""

    def __init__(self, gauges: list[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in self._gauges:
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            for values, figure in gauge.rows.items():
                family.add_metric(values, figure)
            yield family


def _requests() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return requests.REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _figures() -> Iterator[Gauge]:
    yield Gauge(
        "governance_build_info",
        "Who is running.",
        {(settings.APP_ENV, settings.APP_RELEASE): 1},
        ("env", "release"),
    )
    parts = readiness()
    yield Gauge(
        "governance_ready",
        "1 where this part of readiness is in order.",
        {(name,): float(part["ok"]) for name, part in parts.items()},
        ("part",),
    )
    if not parts["database"]["ok"] or not parts["migrations"]["ok"]:
        return  # nothing to ask, or not in these words
    known: dict[tuple[str, ...], float] = {}
    for name, tell in registry().metrics.items():
        try:
            with acting_as_system(IDENTITY), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true)", [STATEMENT_TIMEOUT]
                )
                figures: Iterable[Gauge] = list(tell())
        except DatabaseError:
            logger.exception("metrics of %s", name)
            figures = ()
        known[name,] = float(bool(figures))
        yield from figures
    yield Gauge("governance_figures_known", "0 where a room could not tell.", known, ("room",))
