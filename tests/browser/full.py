"""A page that is full: more alerts than the integrity screen shows, as varied as a bad month makes them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from alerts.intake import Finding
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from tests.alerts.make import take_in

if TYPE_CHECKING:
    from tests.browser.site import Site

SHOWN = 200  # rows of one page
MORE = 40
CLIENTS = ("MONALUXE", "KATANGA MINING", "GÉCAMINES", "SNCC", "RAWBANK", "TFM", "CHEMAF")
PRODUCTS = ("Gasoil/AGO", "Essence/PMS", "Jet A-1", "Pétrole lampant")


def crowd(site: Site) -> None:
    """Add the findings of one scan to what is there, and call the director what takes two lines of a row."""
    site.call(lambda: take_in(findings(), taken_at=timezone.now(), closes=False))
    site.call(_long_name)


def _long_name() -> None:
    with acting_as_system("install"):
        User.objects.filter(username="directeur").update(
            first_name="Direction", last_name="des opérations"
        )


def findings() -> list[Finding]:
    """No two alike, so that they compress no better than real ones; always the same."""
    chance, now = random.Random(200), timezone.now()
    return [_finding(chance, number, now) for number in range(SHOWN + MORE)]


def _finding(chance: random.Random, number: int, now: datetime) -> Finding:
    # Some a few seconds old: their ages change while one looks.
    age = timedelta(seconds=chance.choice([5, 50, 3_500, 80_000, 900_000]) + chance.random() * 9)
    tank, client = f"TANK{chance.randrange(1, 90)}", chance.choice(CLIENTS)
    product, litres = chance.choice(PRODUCTS), chance.randrange(1_000, 60_000)
    plate = (
        f"{chance.randrange(1000, 9999)}A{chance.choice('BCDEFGH')}/{chance.randrange(1, 26):02d}"
    )
    code, severity, entity, message = (
        (
            "STOCK_NEGATIF",
            "CRITICAL",
            "CITERNE_STOCK",
            f"Dans la citerne {tank}, le stock de {product} du propriétaire {client} est négatif :"
            f" −{litres} L ambiants, −{litres - litres // 90} L à 15 °C.",
        ),
        (
            "CDR_ARRIVE_STALE",
            "WARN",
            "CDR",
            f"Le camion {plate} ({litres} L de {product}) est en statut ARRIVE sans réception validée :"
            " la limite de 2 jours est passée.",
        ),
        (
            "RECEPTION_ECART_15C",
            "WARN",
            "RECEPTION",
            f"La réception dans la citerne {tank} porte {litres} L à 15 °C pour"
            f" {litres + litres // 12} L ambiants : un écart de −8,3 %, au-delà de 5 %.",
        ),
    )[number % 3]
    return Finding(
        code,
        severity,
        entity,
        f"{chance.getrandbits(128):032x}",
        message,
        {"citerne": tank, "produit": product, "proprietaire": client, "stock_ambiant": -litres},
        now - age,
    )
