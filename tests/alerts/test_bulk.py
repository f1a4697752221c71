"""One decision for many: set-based, one entry each, the outdated and the forbidden left and named."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.bulk import LIMIT, Seen, alerts_acknowledge, alerts_resolve
from alerts.models import Alert, Cause, Decision
from alerts.services import Resolution, alert_acknowledge
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, finding, ledger, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
FIXED = Resolution(note="compteur corrigé", cause=Cause.ERREUR_SAISIE, decision=Decision.CORRIGE)


@pytest.fixture
def directeur(db):
    return make_user("directeur", {"depot": Role.DIRECTEUR})


def everything():
    with acting_as_system("scan"):
        return [Seen(one.pk, one.version) for one in Alert.objects.order_by("entity_id")]


def actions(name):
    return [entry for entry in ledger() if entry[0] == name]


def test_two_hundred_at_once_are_one_statement_and_one_entry_each(directeur):
    take_in([finding(f"e{n}") for n in range(200)])
    seen = everything()
    with (
        acting_as_user(directeur.pk),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        outcome = alerts_acknowledge(seen=seen, note="tournée du matin")
    assert len([query for query in queries if "UPDATE system_alerts" in query["sql"]]) == 1
    assert (len(outcome.done), outcome.skipped) == (200, 0)
    assert actions("alert.ack") == [("alert.ack", str(directeur.pk))] * 200
    with acting_as_system("scan"):
        notes = set(Alert.objects.values_list("acknowledgement_note", "version", "status"))
    assert notes == {("tournée du matin", 2, "ACK")}


def test_one_more_is_refused_before_anything_happens(directeur):
    seen = [Seen(uuid4(), 1) for _ in range(LIMIT + 1)]
    with acting_as_user(directeur.pk), pytest.raises(ValueError, match="1001"):
        alerts_acknowledge(seen=seen)


def test_the_outdated_are_left_and_named(directeur):
    second = make_user("second", {"depot": Role.ADMIN})
    take_in([finding("a"), finding("b"), finding("c", severity="WARN")])
    seen = everything()
    with acting_as_user(second.pk):
        alert_acknowledge(alert_id=seen[1].alert_id, version=1)
    with acting_as_user(directeur.pk):
        outcome = alerts_resolve(seen=seen, resolution=FIXED)
    assert [one.entity_id for one in outcome.done] == ["a", "c"]
    assert [(one.entity_id, one.status) for one in outcome.stale] == [("b", "ACK")]
    assert alert(entity_id="b").resolution_note is None
    assert len(actions("alert.resolve")) == 2


def test_acknowledging_what_is_acknowledged_is_outdated_or_mine_and_not_done(directeur):
    take_in([finding("a")])
    with acting_as_user(directeur.pk):
        alerts_acknowledge(seen=everything())
        outcome = alerts_acknowledge(seen=everything())
    assert (outcome.changed, len(outcome.mine), outcome.skipped) == (0, 1, 0)
    with acting_as_user(make_user("autre", {"depot": Role.DIRECTEUR}).pk):
        outcome = alerts_acknowledge(seen=everything())
    assert (outcome.changed, len(outcome.mine), len(outcome.stale)) == (0, 0, 1)
    assert len(actions("alert.ack")) == 1


def test_what_is_not_allowed_does_not_stop_the_rest(db):
    both = make_user("mixte", {"depot": Role.DIRECTEUR, "autre": Role.GERANT, "tiers": Role.PCA})
    take_in([finding("a"), finding("i", severity="INFO")])
    take_in([finding("b")], source="autre")
    take_in([finding("c")], source="tiers")
    take_in([finding("d")], source="ailleurs")
    take_in([finding("depot/e")], source="console")
    with acting_as_user(both.pk):
        outcome = alerts_acknowledge(seen=everything())
    assert [one.entity_id for one in outcome.done] == ["a"]
    assert sorted(one.entity_id for one in outcome.refused) == ["b", "c", "depot/e", "i"]
    assert (outcome.gone, outcome.stale) == (1, [])


def test_who_may_nothing_changes_nothing(db):
    pca = make_user("pca", {"depot": Role.PCA})
    take_in([finding("a")])
    seen = everything()
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError), acting_as_user(pca.pk):
        alerts_acknowledge(seen=seen)
    assert alert().status == "OPEN"


def test_critical_acceptances_wait_for_a_second_person_and_the_others_are_done(directeur):
    second = make_user("second", {"depot": Role.DIRECTEUR})
    take_in([finding("a"), finding("b", severity="WARN")])
    accepted = Resolution(
        note="connu",
        cause=Cause.AUTRE,
        decision=Decision.ACCEPTE,
        accepted_until=date.today() + timedelta(days=9),
    )
    with acting_as_user(directeur.pk):
        outcome = alerts_resolve(seen=everything(), resolution=accepted)
    assert [one.entity_id for one in outcome.awaiting] == ["a"]
    assert [one.entity_id for one in outcome.done] == ["b"]
    with acting_as_user(second.pk):
        outcome = alerts_resolve(seen=everything(), resolution=accepted)
    assert [one.entity_id for one in outcome.done] == ["a"]
    assert [one.entity_id for one in outcome.stale] == ["b"]


def test_the_number_of_queries_does_not_follow_the_selection(directeur, django_assert_num_queries):
    take_in([finding(f"e{n}") for n in range(60)])
    seen = everything()
    with acting_as_user(directeur.pk):
        with django_assert_num_queries(2):
            alerts_acknowledge(seen=seen[:1])
        with django_assert_num_queries(2):
            alerts_acknowledge(seen=seen[1:])


# --- Whichever path: exactly one entry per changed alert ----------------------------------------


@pytest.mark.parametrize("path", ["queryset.update", "save", "bulk_update", "raw"])
def test_every_path_leaves_exactly_one_entry_per_alert(directeur, path):
    take_in([finding(f"e{n}") for n in range(5)], taken_at=NOW)
    with acting_as_user(directeur.pk):
        every = list(Alert.objects.all())
        if path == "queryset.update":
            Alert.objects.update(status="ACK")
        elif path == "raw":
            with connection.cursor() as cursor:
                cursor.execute("UPDATE system_alerts SET status = 'ACK'")
        else:
            for one in every:
                one.status = "ACK"
            if path == "save":  # what an admin site does
                for one in every:
                    one.save()
            else:
                Alert.objects.bulk_update(every, ["status"])
    assert actions("alert.ack") == [("alert.ack", str(directeur.pk))] * 5
    assert len([entry for entry in ledger() if entry[0].startswith("alert.")]) == 10


def test_a_save_of_an_outdated_object_does_not_undo_what_a_scan_saw(directeur):
    take_in([finding("a")])
    from tests.alerts.test_workflow import DENIED

    with acting_as_user(directeur.pk):
        old = Alert.objects.get()
    take_in([finding("a", message="pire")], taken_at=NOW + timedelta(minutes=1))
    old.status = "ACK"
    from django.db import ProgrammingError, transaction

    with (
        acting_as_user(directeur.pk),
        pytest.raises(ProgrammingError) as told,
        transaction.atomic(),
    ):
        old.save()
    assert type(told.value.__cause__) is DENIED
    assert alert().message == "pire"
