"""Ledger entries as sentences: none may have a hole where a fact stands in an earlier entry."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts import services
from alerts.models import Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.history.sentences import sentence
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def test_the_second_of_two_people_confirms():
    """Her entry holds what changed: decision and cause stand in the proposal."""
    take_in([finding("a", message="Le bac est sous zéro.")])
    names = {}
    tolerated = services.Resolution(
        "Toléré.", Cause.AUTRE, Decision.ACCEPTE, timezone.localdate() + timedelta(days=3)
    )
    for name in ("un", "deux"):
        person = make_user(name, {"depot": Role.DIRECTEUR})
        names[str(person.pk)] = name
        with acting_as_user(person.pk):
            services.alert_resolve(
                alert_id=alert(entity_id="a").pk,
                version=alert(entity_id="a").version,
                resolution=tolerated,
            )
    with acting_as_system("test"):
        entry = LedgerEntry.objects.get(action="alert.resolve")
    said = sentence(entry, what="Le bac est sous zéro.", names=names)
    assert said.replace("\u00a0", " ") == (
        "deux a confirmé l’acceptation de « Le bac est sous zéro. »"
    )
