"""Owns the examples of drawings, made by the same functions as the pages' own; reads no database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from governance.core.web.charts.calendar import calendar_of
from governance.core.web.charts.lines import lines_of
from governance.core.web.charts.plane import text, x_of
from governance.core.web.charts.ruler import ruler_of
from governance.core.web.charts.tank import tank_of
from governance.guide.components import Example

_FIRST = date(2026, 3, 2)


def drawings() -> dict[str, list[Example]]:
    return {
        "chart_calendar": [
            Example(
                "Cinq semaines ; hachuré : personne n’a regardé",
                {
                    "id": "calendrier",
                    "title": "Anomalies apparues par jour",
                    "calendar": _calendar(),
                },
            )
        ],
        "chart_figures": [
            Example(
                "Fermés",
                {
                    "title": "Alertes par jour",
                    "head": ["Jour", "Critiques"],
                    "rows": [["lundi", "2"]],
                },
            ),
            Example(
                "Aucun chiffre",
                {"title": "Alertes par semaine", "head": ["Semaine", "Critiques"], "rows": []},
            ),
        ],
        "chart_lines": [
            Example(
                "Un trou n’est pas un zéro",
                {"id": "lignes", "title": "Deux lignes, une semaine inconnue", "chart": _lines()},
            ),
            Example(
                "Une marque par valeur",
                {
                    "id": "points",
                    "title": "Deux lignes, chaque valeur marquée",
                    "chart": _lines(),
                    "dotted": True,
                },
            ),
        ],
        "chart_ruler": [
            Example("Seuil dépassé", {"id": "regle", "picture": _ruler(9.2)}),
            Example("En deçà", {"id": "regle-calme", "picture": _ruler(2.1)}),
        ],
        "chart_tank": [
            Example(caption, {"id": f"citerne-{number}", "picture": _tank(stock)})
            for number, (caption, stock) in enumerate(
                [
                    ("Dans les limites", 300.0),
                    ("Marge entamée", 970.0),
                    ("Plus que pleine", 1040.0),
                    ("Négatif", -20.0),
                ]
            )
        ],
    }


def _calendar() -> dict[str, Any]:
    counts = [0, 0, 1, 0, 3, 0, 0, 12, 2, 0, 0, 1, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 0, 1] + [0] * 11
    days = [(_FIRST + timedelta(n), count, n != 8) for n, count in enumerate(counts)]
    chart = calendar_of(days)
    return {
        "chart": chart,
        "months": [(x, "avril") for x, _ in chart.months],
        "weekdays": [(chart.rows[0], "lu"), (chart.rows[4], "ve")],
    }


def _lines() -> dict[str, Any]:
    chart = lines_of({"critical": [1, 2, None, 4, 3], "warn": [6, 5, 5, None, 2]})
    ends = {"critical": "3", "warn": "2"}
    names = {"critical": "Critique", "warn": "Avertissement"}
    return {
        "lines": [
            {
                "mark": line.name,
                "name": names[line.name],
                "runs": line.runs,
                "dots": line.dots,
                "end": line.end,
                "value": ends[line.name],
            }
            for line in chart.lines
        ],
        "ticks": [{"x": text(x_of(n, 5)), "label": f"{n + 2}/3"} for n in (0, 2, 4)],
        "y_ticks": [(tick.at, f"{tick.value:.0f}") for tick in chart.ticks],
    }


def _ruler(value: float) -> dict[str, Any]:
    drawing = ruler_of(value=value, threshold=5)
    return {
        "drawing": drawing,
        "text": f"Un écart de {value} % pour un seuil de 5 %.",
        "value": f"{value} %",
        "value_label": "Écart",
        "threshold": "5 %",
        "threshold_label": "Seuil",
        "tick_labels": [(tick.at, f"{tick.value:.0f}") for tick in drawing.ticks],
    }


def _tank(stock: float) -> dict[str, Any]:
    drawing = tank_of(stock=stock, capacity=1000, margin=50)
    return {
        "drawing": drawing,
        "text": f"TANK4 contient {stock:.0f} L pour une capacité de 1000 L.",
        "share": f"{stock / 10:.0f} %",
        "verdict": "",
        "is_wrong": stock > 950 or stock < 0,
        "has_margin": True,
    }
