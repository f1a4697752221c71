"""Every V1 rule at, just below and just above its threshold, on the depot's own tables."""

from datetime import UTC, datetime

import pytest

from tests.rules.facts import Facts

NBSP = "\u00a0"


def spaced(text: str) -> str:
    """The message as it is read aloud: ordinary spaces."""
    return text.replace(NBSP, " ")


# --- STOCK_NEGATIF --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ambient", "at_15c", "fires"),
    [
        (-0.02, 0.0, True),
        (-0.010001, 0.0, True),
        (-0.01, 0.0, False),
        (-0.009, 0.0, False),
        (0.0, 0.0, False),
        (100.0, -0.02, True),
        (100.0, -0.01, False),
        (-5.0, -5.0, True),
    ],
)
def test_stock_negatif(facts: Facts, ambient: float, at_15c: float, fires: bool) -> None:
    tank = facts.tank()
    facts.stock(tank, ambient, at_15c)
    assert facts.fired("STOCK_NEGATIF") == ([tank] if fires else [])


def test_stock_negatif_sees_through_the_clamp(facts: Facts) -> None:
    tank = facts.tank(nom="TANK4")
    facts.stock(tank, 1_000.0, 990.0)
    facts.adjust(tank, -1_230.5, -1_220.0)
    clamped = facts.connection.execute("SELECT stock_ambiant, stock_15c FROM v_stock_actuel")
    assert clamped.fetchall() == [(0.0, 0.0)]
    (finding,) = facts.findings("STOCK_NEGATIF")
    assert finding["severity"] == "CRITICAL"
    assert finding["entity_type"] == "CITERNE_STOCK"
    assert finding["entity_id"] == tank
    assert finding["payload"] == {
        "citerne": "TANK4",
        "produit": "Gasoil/AGO",
        "proprietaire": "MONALUXE",
        "stock_ambiant": -230.5,
        "stock_15c": -230,
        "stock_affiche": 0,
        "instantane_ambiant": 1_000,
        "ajustements_ambiant": -1_230.5,
        "capacite_totale": 500_000,
        "palier": 300,
    }
    assert spaced(finding["message"]) == (
        "Dans la citerne TANK4, le stock de Gasoil/AGO du propriétaire MONALUXE est négatif : "
        "−230,5 L ambiants, −230 L à 15 °C."
    )


def test_stock_negatif_is_not_fooled_by_floating_point(facts: Facts) -> None:
    tank = facts.tank()
    facts.stock(tank, 100.0)
    facts.adjust(tank, -100.01, -100.01)
    assert 100.0 - 100.01 < -0.01
    assert facts.fired("STOCK_NEGATIF") == []


def test_two_negative_owners_are_two_findings_with_one_identity(facts: Facts) -> None:
    tank = facts.tank()
    facts.stock(tank, -10.0)
    facts.stock(tank, -20.0, proprietaire_type="PARTENAIRE")
    findings = facts.findings("STOCK_NEGATIF")
    assert {(row["entity_type"], row["entity_id"]) for row in findings} == {("CITERNE_STOCK", tank)}
    assert sorted(row["payload"]["proprietaire"] for row in findings) == ["MONALUXE", "PARTENAIRE"]


def test_stock_negatif_is_dated_by_the_last_fact_that_moved_the_stock(facts: Facts) -> None:
    tank = facts.tank()
    facts.stock(tank, 0.0, updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    adjustment = facts.adjust(tank, -5.0, -5.0)
    other = facts.adjust(tank, 1.0, 1.0, owner="PARTENAIRE")
    for row, day in ((adjustment, 2), (other, 3)):
        facts.connection.execute(
            "UPDATE stocks_adjustments SET created_at = %s WHERE id = %s",
            [datetime(2026, 1, day, tzinfo=UTC), row],
        )
    (finding,) = facts.findings("STOCK_NEGATIF")
    assert finding["detected_at"] == datetime(2026, 1, 2, tzinfo=UTC)


# --- STOCK_OVER_CAPACITY --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stock", "fires"), [(498_999.99, False), (499_000.0, False), (499_000.01, True)]
)
def test_stock_over_capacity(facts: Facts, stock: float, fires: bool) -> None:
    tank = facts.tank(capacite_securite=1_000.0)
    facts.stock(tank, stock)
    assert facts.fired("STOCK_OVER_CAPACITY") == ([tank] if fires else [])


def test_over_capacity_adds_up_all_owners(facts: Facts) -> None:
    tank = facts.tank(nom="TANK5", capacite_totale=300_000.0, capacite_securite=500.0)
    facts.stock(tank, 193_261.0)
    facts.stock(tank, 110_159.0, proprietaire_type="PARTENAIRE")
    (finding,) = facts.findings("STOCK_OVER_CAPACITY")
    assert finding["severity"] == "CRITICAL"
    assert finding["entity_type"] == "CITERNE_STOCK"
    assert finding["entity_id"] == tank
    assert finding["payload"] == {
        "citerne": "TANK5",
        "stock_total": 303_420,
        "stock_monaluxe": 193_261,
        "stock_partenaire": 110_159,
        "capacite_totale": 300_000,
        "capacite_securite": 500,
        "capacite_utile": 299_500,
        "depassement": 3_920,
        "palier": 2,
    }
    assert spaced(finding["message"]) == (
        "La citerne TANK5 contient 303 420 L pour une capacité utile de 299 500 L : 3 920 L de "
        "trop, tous propriétaires additionnés."
    )


def test_over_capacity_adds_up_products_too(facts: Facts) -> None:
    tank = facts.tank()
    petrol = facts.row("produits", nom="Essence", code="ESS")
    facts.stock(tank, 300_000.0)
    facts.stock(tank, 200_000.5, produit_id=petrol)
    assert facts.fired("STOCK_OVER_CAPACITY") == [tank]


@pytest.mark.parametrize("statut", ["inactive", "maintenance"])
def test_over_capacity_speaks_of_active_tanks_only(facts: Facts, statut: str) -> None:
    facts.stock(facts.tank(statut=statut), 600_000.0)
    assert facts.fired("STOCK_OVER_CAPACITY") == []


def test_a_negative_owner_does_not_offset_an_overflow(facts: Facts) -> None:
    tank = facts.tank()
    facts.stock(tank, 500_100.0)
    facts.stock(tank, -200.0, proprietaire_type="PARTENAIRE")
    (finding,) = facts.findings("STOCK_OVER_CAPACITY")
    assert finding["payload"]["depassement"] == 100


def test_over_capacity_counts_adjustments_and_ignores_15c(facts: Facts) -> None:
    tank = facts.tank()
    facts.stock(tank, 500_000.0, 600_000.0)
    assert facts.fired("STOCK_OVER_CAPACITY") == []
    facts.adjust(tank, 0.5, 0.0)
    assert facts.fired("STOCK_OVER_CAPACITY") == [tank]


# --- CDR_ARRIVE_STALE -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "fires"),
    [
        ("47 hours 59 minutes 59 seconds", False),
        ("48 hours", False),
        ("48 hours 0.000001 seconds", True),
    ],
)
def test_cdr_arrive_stale(facts: Facts, age: str, fires: bool) -> None:
    truck = facts.truck(created_at=facts.now(f"now() - interval '{age}'"))
    assert facts.fired("CDR_ARRIVE_STALE") == ([truck] if fires else [])


@pytest.mark.parametrize("statut", ["CHARGEMENT", "TRANSIT", "FRONTIERE", "DECHARGE"])
def test_a_truck_in_another_status_is_not_stale(facts: Facts, statut: str) -> None:
    facts.truck(statut=statut, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert facts.fired("CDR_ARRIVE_STALE") == []


def test_only_a_validated_reception_ends_the_wait(facts: Facts) -> None:
    waiting = facts.truck(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    received = facts.truck(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    facts.reception(cours_de_route_id=waiting, statut="rejetee")
    facts.reception(cours_de_route_id=received, statut="validee")
    assert facts.fired("CDR_ARRIVE_STALE") == [waiting]


def test_what_a_stale_truck_says(facts: Facts) -> None:
    truck = facts.truck(
        created_at=datetime(2026, 2, 10, 23, 30, tzinfo=UTC),
        plaque_remorque="5678AC/05",
        transporteur="Transporteur A",
        fournisseur_id=facts.row("fournisseurs", nom="Fournisseur A"),
    )
    (finding,) = facts.findings("CDR_ARRIVE_STALE")
    assert finding["severity"] == "WARN"
    assert finding["entity_type"] == "CDR"
    assert finding["entity_id"] == truck
    assert finding["detected_at"] == datetime(2026, 2, 12, 23, 30, tzinfo=UTC)
    assert finding["payload"] == {
        "plaque_camion": "1234AB/05",
        "plaque_remorque": "5678AC/05",
        "transporteur": "Transporteur A",
        "fournisseur": "Fournisseur A",
        "produit": "Gasoil/AGO",
        "volume": 38_500,
        "arrive_le": "2026-02-10T23:30:00Z",
        "limite": "2026-02-12T23:30:00Z",
    }
    # 23:30 UTC is half past one the next morning in Lubumbashi.
    assert spaced(finding["message"]) == (
        "Le camion 1234AB/05 (38 500 L de Gasoil/AGO) est en statut ARRIVE depuis le 11/02/2026 "
        "sans réception validée : la limite de 2 jours est passée le 13/02/2026."
    )


# --- RECEPTION_ECART_15C, SORTIE_ECART_15C --------------------------------------------------------

EDGES = [
    (20_000.0, 19_000.0, False),
    (20_000.0, 18_999.99, True),
    (20_000.0, 19_000.01, False),
    (20_000.0, 21_000.0, False),
    (20_000.0, 21_000.01, True),
    (39_296.0, 37_331.2, False),  # exactly 5 %, which floating point takes for more
    (0.0, 0.0, False),
    (0.0, 10.0, True),
    (20_000.0, None, False),
]


@pytest.mark.parametrize(("ambient", "at_15c", "fires"), EDGES)
@pytest.mark.parametrize("column", ["volume_15c", "volume_corrige_15c"])
def test_reception_ecart_15c(
    facts: Facts, ambient: float, at_15c: float | None, fires: bool, column: str
) -> None:
    reception = facts.reception(volume_ambiant=ambient, **{column: at_15c})
    assert facts.fired("RECEPTION_ECART_15C") == ([reception] if fires else [])


@pytest.mark.parametrize(("ambient", "at_15c", "fires"), EDGES)
def test_sortie_ecart_15c(facts: Facts, ambient: float, at_15c: float | None, fires: bool) -> None:
    withdrawal = facts.withdrawal(volume_ambiant=ambient, volume_corrige_15c=at_15c)
    assert facts.fired("SORTIE_ECART_15C") == ([withdrawal] if fires else [])


def test_the_noise_case_is_one() -> None:
    assert 39_296.0 - 37_331.2 > 0.05 * 39_296.0


def test_only_validated_movements_are_judged(facts: Facts) -> None:
    facts.reception(statut="rejetee", volume_corrige_15c=1.0)
    facts.withdrawal(statut="rejetee", volume_corrige_15c=1.0)
    facts.withdrawal(statut="brouillon", volume_corrige_15c=1.0)
    facts.withdrawal(volume_ambiant=None, volume_corrige_15c=1.0)
    assert facts.fired("RECEPTION_ECART_15C") == facts.fired("SORTIE_ECART_15C") == []


@pytest.mark.parametrize(
    ("volume_15c", "volume_corrige_15c"), [(15_000.0, 19_900.0), (19_900.0, 15_000.0)]
)
def test_the_15c_volume_that_differs_most_is_judged(
    facts: Facts, volume_15c: float, volume_corrige_15c: float
) -> None:
    facts.reception(volume_15c=volume_15c, volume_corrige_15c=volume_corrige_15c)
    (finding,) = facts.findings("RECEPTION_ECART_15C")
    assert finding["payload"]["volume_15c"] == 15_000


def test_what_a_reception_says(facts: Facts) -> None:
    reception = facts.reception(
        citerne_id=facts.tank(nom="TANK2"),
        cours_de_route_id=facts.truck(statut="DECHARGE"),
        volume_ambiant=38_920.0,
        volume_corrige_15c=35_770.5,
        temperature_ambiante_c=22.4,
        densite_a_15=837.6,
        date_reception=datetime(2026, 2, 10, 9, tzinfo=UTC),
        created_at=datetime(2026, 2, 10, 11, tzinfo=UTC),
    )
    (finding,) = facts.findings("RECEPTION_ECART_15C")
    assert finding["severity"] == "WARN"
    assert finding["entity_type"] == "RECEPTION"
    assert finding["entity_id"] == reception
    assert finding["detected_at"] == datetime(2026, 2, 10, 11, tzinfo=UTC)
    assert finding["payload"] == {
        "citerne": "TANK2",
        "produit": "Gasoil/AGO",
        "proprietaire": "MONALUXE",
        "plaque_camion": "1234AB/05",
        "date_reception": "2026-02-10T09:00:00Z",
        "volume_ambiant": 38_920,
        "volume_15c": 35_770.5,
        "ecart_l": -3_149.5,
        "ecart_pct": -8.092,
        "temperature_c": 22.4,
        "densite_observee": 837.6,
    }
    assert spaced(finding["message"]) == (
        "La réception du 10/02/2026 dans la citerne TANK2 porte 35 770,5 L à 15 °C pour 38 920 L "
        "ambiants : un écart de −8,092 %, au-delà de 5 %."
    )


def test_what_a_withdrawal_says(facts: Facts) -> None:
    withdrawal = facts.withdrawal(
        citerne_id=facts.tank(nom="TANK2"),
        client_id=None,
        partenaire_id=facts.partner,
        proprietaire_type="PARTENAIRE",
        volume_corrige_15c=21_880.0,
        plaque_camion="1234AB/05",
        date_sortie=datetime(2026, 2, 10, 9, tzinfo=UTC),
        created_at=datetime(2026, 2, 10, 11, tzinfo=UTC),
    )
    (finding,) = facts.findings("SORTIE_ECART_15C")
    assert finding["severity"] == "WARN"
    assert finding["entity_type"] == "SORTIE"
    assert finding["entity_id"] == withdrawal
    assert finding["detected_at"] == datetime(2026, 2, 10, 11, tzinfo=UTC)
    assert finding["payload"] == {
        "citerne": "TANK2",
        "produit": "Gasoil/AGO",
        "proprietaire": "PARTENAIRE",
        "destinataire": "Partenaire A",
        "plaque_camion": "1234AB/05",
        "date_sortie": "2026-02-10T09:00:00Z",
        "volume_ambiant": 20_000,
        "volume_15c": 21_880,
        "ecart_l": 1_880,
        "ecart_pct": 9.4,
        "temperature_c": 20,
        "densite_observee": 837,
    }
    assert spaced(finding["message"]) == (
        "La sortie du 10/02/2026 de la citerne TANK2 pour Partenaire A porte 21 880 L à 15 °C "
        "pour 20 000 L ambiants : un écart de 9,4 %, au-delà de 5 %."
    )
