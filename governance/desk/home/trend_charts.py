"""Trends as the home page shows them: each with its drawing and its figures; reads through trends.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from alerts.models import Severity
from governance.core.cache.per_state import once_per_state
from governance.core.web.charts.calendar import calendar_of
from governance.core.web.charts.lines import Lines, lines_of
from governance.core.web.charts.plane import text, x_of
from governance.core.web.templatetags.ui import duration, in_words, number
from governance.reports.trends import (
    Day,
    Delay,
    OpenOnDay,
    Window,
    days_of,
    delays_lately,
    episodes_by_rule,
    open_by_day,
    window_ending_today,
)

HOUR, DAY = 3600.0, 86400.0
# Days since the first complete scan from which on a curve says more than its last point.
TELLING = 14


def trends_context(sources: Iterable[str]) -> dict[str, Any]:
    """Context of `governance/_trends.html`: four reads of the last 90 days."""
    window = window_ending_today(sources)
    read = _figures(window)
    known_from = next((day.day for day in read.days if day.scanned), None)
    drawn_from = known_from + timedelta(days=TELLING) if known_from else None
    return {
        "is_drawn": drawn_from is not None and drawn_from <= window.last,
        "drawn_from": drawn_from,
        "open": open_chart(read.open, read.days),
        "delays": delay_chart(window, read.delays),
        "calendar": calendar_chart(read.days),
        "episodes": read.episodes,
        "first": window.first,
        "last": window.last,
    }


@dataclass(frozen=True)
class _Figures:
    open: list[OpenOnDay]
    days: list[Day]
    delays: list[Delay]
    episodes: dict[tuple[str, str], int]


@once_per_state
def _figures(window: Window) -> _Figures:
    return _Figures(
        open_by_day(window), days_of(window), delays_lately(window), episodes_by_rule(window)
    )


def open_chart(rows: list[OpenOnDay], days: list[Day]) -> dict[str, Any]:
    """Days before the first complete scan have no value: nobody knew."""
    known_from = next((day.day for day in days if day.scanned), None)

    def value(row: OpenOnDay, severity: str) -> float | None:
        if known_from is None or row.day < known_from:
            return None
        return float(row.by_severity.get(severity, 0))

    series = {
        severity.value: [value(row, severity) for row in rows]
        for severity in Severity
        if severity != Severity.INFO or any(row.by_severity.get(severity) for row in rows)
    }
    chart = lines_of(series, stepped=True)
    names = {severity.value: str(severity.label) for severity in Severity}
    marks = {"CRITICAL": "critical", "WARN": "warn", "INFO": "info"}
    told = [row for row in rows if known_from is not None and row.day >= known_from]
    return _lines_context(
        chart,
        names=names,
        marks=marks,
        ticks=_day_ticks([row.day for row in rows]),
        y_labels=[number(int(tick.value)) for tick in chart.ticks],
        end=lambda amount: number(int(amount)),
    ) | {
        "is_known": known_from is not None,
        "head": [_("Jour"), *(names[one] for one in series)],
        # Days on which something moved, and the edges: ninety equal rows tell a listener nothing.
        "rows": [
            [_date(row.day), *(number(row.by_severity.get(one, 0)) for one in series)]
            for row in _telling(told)
        ],
    }


def delay_chart(window: Window, delays: list[Delay]) -> dict[str, Any]:
    """Median hours (or days, where hours would be hundreds) by week."""
    weeks = _weeks(window)
    found = {(one.kind, one.week): one for one in delays}
    longest = max((one.median.total_seconds() for one in delays if one.week), default=0)
    unit, length = ("j", DAY) if longest > 3 * DAY else ("h", HOUR)
    if longest <= HOUR:
        unit, length = "min", 60.0
    names = {"acknowledge": _("Acquittement"), "resolve": _("Résolution")}

    def value(kind: str, week: date) -> float | None:
        one = found.get((kind, week))
        return one.median.total_seconds() / length if one else None

    chart = lines_of({kind: [value(kind, week) for week in weeks] for kind in names})
    return _lines_context(
        chart,
        names=names,
        marks={"acknowledge": "ack", "resolve": "resolved"},
        ticks=[
            {"x": text(x_of(index, len(weeks))), "label": _date(week, short=True)}
            for index, week in enumerate(weeks)
            if index % 4 == 0
        ],
        y_labels=[f"{number(tick.value)}\u00a0{unit}" for tick in chart.ticks],
        end=lambda amount: duration(timedelta(seconds=amount * length)),
    ) | {
        "is_known": bool(delays),
        "head": [_("Semaine du"), *names.values()],
        "rows": [
            [_date(week), *(_median(found.get((kind, week))) for kind in names)] for week in weeks
        ],
        "totals": [
            {"name": name, "median": duration(total.median), "count": total.count}
            for kind, name in names.items()
            if (total := found.get((kind, None)))
        ],
    }


def calendar_chart(days: list[Day]) -> dict[str, Any]:
    chart = calendar_of([(day.day, day.episodes, day.scanned > 0) for day in days])
    worst = max(days, key=lambda day: day.episodes)
    return {
        "chart": chart,
        "months": [(x, formats.date_format(day, "N")) for x, day in chart.months],
        "weekdays": list(
            zip(chart.rows, [_("lu"), "", _("me"), "", _("ve"), "", _("di")], strict=True)
        ),
        "total": sum(day.episodes for day in days),
        "unseen": sum(not day.scanned for day in days),
        "worst": worst if worst.episodes else None,
        "head": [_("Jour"), _("Nouvelles anomalies"), _("Sources contrôlées")],
        "rows": [
            [_date(day.day), number(day.episodes), number(day.scanned)]
            for day in days
            if day.episodes
        ],
    }


def _lines_context(
    chart: Lines,
    *,
    names: Mapping[str, str],
    marks: Mapping[str, str],
    ticks: list[dict[str, str]],
    y_labels: list[str],
    end: Any,
) -> dict[str, Any]:
    """What `ui/chart_lines.html` draws; the labels at the ends are pushed apart where they would touch."""
    lines = [
        {
            "mark": marks[line.name],
            "name": names[line.name],
            "runs": line.runs,
            "dots": line.dots,
            "end": line.end,
            "value": "" if line.end_value is None else end(line.end_value),
        }
        for line in chart.lines
    ]
    return {
        "lines": lines,
        "ticks": ticks,
        "y_ticks": list(zip((tick.at for tick in chart.ticks), y_labels, strict=True)),
    }


def _day_ticks(days: list[date]) -> list[dict[str, str]]:
    return [
        {"x": text(x_of(index, len(days))), "label": _date(day, short=True)}
        for index, day in enumerate(days)
        if index % 29 == 0
    ]


def _weeks(window: Window) -> list[date]:
    first = window.first - timedelta(days=window.first.weekday())
    return [first + timedelta(weeks=n) for n in range((window.last - first).days // 7 + 1)]


def _telling(rows: list[OpenOnDay]) -> list[OpenOnDay]:
    return [
        row
        for index, row in enumerate(rows)
        if index in (0, len(rows) - 1) or row.by_severity != rows[index - 1].by_severity
    ]


def _median(one: Delay | None) -> str:
    if one is None:
        return "\u2014"
    return f"{duration(one.median)} ({number(one.count)})"


def _date(day: date, *, short: bool = False) -> str:
    return in_words(day, "j N" if short else "j F Y")
