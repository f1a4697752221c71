"""Owns the two told scenarios, `prod-2026-02-19` and `incident`: what happened, tank by tank.

The stories state facts; they must not know the rules' code. Whatever the day of the scan, the
facts stay: no truck is left in a status that would become an anomaly merely by waiting.
"""

from datetime import timedelta
from uuid import UUID

from integrity.depot import diesel, master
from integrity.depot.book import Book, Owner, Reading, Stock


def prod_2026_02_19(book: Book) -> None:
    """What production showed when the view went live: five trucks forgotten in ARRIVE."""
    _field_receptions(book, withdraw=True)
    first = _deliveries(book, "TANK1", "MONALUXE", 5)
    _deliveries(book, "TANK1", "PARTENAIRE", 2)
    _deliveries(book, "TANK2", "MONALUXE", 4)
    _deliveries(book, "TANK3", "PARTENAIRE", 4)
    _deliveries(book, "TANK6", "MONALUXE", 3)
    _mistake_undone(book, first)
    _silent_neighbours(book)
    for days in (3, 4, 6, 9, 13):
        _stale_truck(book, days)


def incident(book: Book) -> None:
    """A bad week: every V1 rule has something to say, among forty-three healthy movements.

    Besides V1, two later rules have a reason to fire: the withdrawal of TANK4 was larger than its
    owner's stock, and the 15 °C volume typed wrong on the reception of TANK2 contradicts the
    standard. All else is silent.
    """
    _field_receptions(book, withdraw=False)
    first = _deliveries(book, "TANK1", "MONALUXE", 4)
    _deliveries(book, "TANK1", "PARTENAIRE", 2)
    _deliveries(book, "TANK2", "MONALUXE", 4)
    _deliveries(book, "TANK3", "MONALUXE", 3)
    _deliveries(book, "TANK4", "PARTENAIRE", 1)
    _deliveries(book, "TANK6", "PARTENAIRE", 1)
    _mistake_undone(book, first)
    _silent_neighbours(book)
    _wrong_15c(book)
    _hidden_negative(book)
    for days in (3, 4, 5, 7, 11):
        _stale_truck(book, days)
    _refused_truck(book)


def _deliveries(book: Book, tank: str, owner: Owner, count: int) -> UUID:
    """Trucks come at even intervals over ninety days; part of the stock leaves after each.

    Gives the key of the first reception.
    """
    interval = 84 // count
    receptions = []
    for number in range(count):
        day = 88 - number * interval
        volume = float(book.rng.randrange(36_500, 39_500))
        reading = book.reading()
        receptions.append(book.reception(tank, owner, book.moment(day, 7), volume, reading))
        left = day - book.rng.randrange(2, interval - 1)
        _withdraw_part(book, tank, owner, left, reading)
    return receptions[0]


def _withdraw_part(book: Book, tank: str, owner: Owner, day: int, reading: Reading) -> None:
    # Three quarters at most: readings change from one delivery to the next, and the stock at
    # 15 °C must not fall below zero.
    share = book.stocks[tank, owner].ambient * book.rng.uniform(0.4, 0.75)
    volume = min(float(round(share, -2)), 36_000.0)
    book.withdrawal(tank, owner, book.moment(day, 12), volume, reading)


def _field_receptions(book: Book, *, withdraw: bool) -> None:
    """The eight real receptions, with 15 °C volumes by the standard, in TANK5 of 300 000 L.

    Five are the depot's own (193 261 L), three a partner's (110 159 L). When nothing leaves, the
    tank holds 303 420 L: over capacity, but only when its owners are added up.
    """
    for number, field in enumerate(master.field_receptions()):
        owner: Owner = "MONALUXE" if number < 5 else "PARTENAIRE"
        day = 80 - number * 11
        reading = Reading(field.temperature_c, field.density_observed)
        book.reception(
            "TANK5",
            owner,
            book.moment(day, 8),
            field.volume_observed_l,
            reading,
            note=f"{field.case} ; volume à 15 °C recalculé (ASTM D1250, 1980)",
        )
        if withdraw and day > 10:
            _withdraw_part(book, "TANK5", owner, day - 4, reading)


def _mistake_undone(book: Book, reception: UUID) -> None:
    """TANK1: an adjustment typed on the wrong reception, and its reversal; together nothing."""
    for day, litres, reason in (
        (31, 120.0, "Écart de jaugeage constaté après dépotage"),
        (30, -120.0, "Annulation : ajustement saisi sur la mauvaise réception"),
    ):
        book.adjustment(
            ("RECEPTION", reception),
            "TANK1",
            "MONALUXE",
            book.moment(day, 14),
            Stock(litres, litres),
            reason=reason,
        )


def _silent_neighbours(book: Book) -> None:
    """Rows that look like anomalies and are none."""
    received = book.moment(20, 9)
    book.reception(
        "TANK2",
        "MONALUXE",
        received,
        38_200.0,
        book.reading(),
        truck=book.truck(
            "ARRIVE",
            received - timedelta(days=4),
            38_200.0,
            note="Réception validée, statut du camion pas encore changé",
        ),
    )
    book.truck("CHARGEMENT", book.moment(12, 6), 39_000.0)
    book.withdrawal(
        "TANK1", "MONALUXE", book.moment(3, 10), 9_000.0, book.reading(), statut="brouillon"
    )
    book.withdrawal(
        "TANK1",
        "MONALUXE",
        book.moment(9, 10),
        15_000.0,
        book.reading(),
        recorded_15c=11_500.0,
        statut="rejetee",
        note="Volume à 15 °C incohérent, saisie rejetée",
    )


def _stale_truck(book: Book, days: int) -> None:
    volume = float(book.rng.randrange(36_500, 39_500))
    book.truck("ARRIVE", book.moment(days, 6), volume)


def _refused_truck(book: Book) -> None:
    """Arrived eight days ago; its only reception was rejected, so it still waits for one."""
    arrived = book.moment(8, 6)
    book.reception(
        "TANK3",
        "MONALUXE",
        arrived + timedelta(hours=5),
        38_450.0,
        book.reading(),
        truck=book.truck("ARRIVE", arrived, 38_450.0),
        statut="rejetee",
        note="Index relevés sur la mauvaise citerne",
    )


def _wrong_15c(book: Book) -> None:
    """TANK2: one digit typed wrong in the 15 °C volume of a reception and of a withdrawal."""
    reading = Reading(22.4, 837.6)
    right = diesel.volume_15c(38_920.0, reading.density_observed, reading.temperature_c)
    book.reception(
        "TANK2", "MONALUXE", book.moment(6, 8), 38_920.0, reading, recorded_15c=right - 3_000.0
    )
    right = diesel.volume_15c(20_000.0, reading.density_observed, reading.temperature_c)
    book.withdrawal(
        "TANK2", "MONALUXE", book.moment(4, 13), 20_000.0, reading, recorded_15c=right + 2_000.0
    )


def _hidden_negative(book: Book) -> None:
    """TANK4: the depot withdrew 230 L that belonged to the partner in the same tank.

    The snapshot could not go below zero and stopped there; the adjustment written the next day
    brings it back to the sum of the movements. v_stock_actuel shows 0, the truth is -230 L.
    """
    reading = Reading(23.0, 837.9)
    for day, volume in ((75, 38_600.0), (40, 38_900.0)):
        book.reception("TANK4", "MONALUXE", book.moment(day, 8), volume, reading)
    for day, volume in ((60, 20_000.0), (25, 30_000.0)):
        book.withdrawal("TANK4", "MONALUXE", book.moment(day, 13), volume, reading)
    left = book.stocks["TANK4", "MONALUXE"]
    sortie = book.withdrawal("TANK4", "MONALUXE", book.moment(5, 13), left.ambient + 230.0, reading)
    book.adjustment(
        ("SORTIE", sortie),
        "TANK4",
        "MONALUXE",
        book.moment(4, 9),
        Stock(left.ambient, left.at_15c),
        reason="Sortie supérieure au stock du propriétaire : snapshot bloqué à zéro",
    )
