"""`/governance/history/attention`: each sort of doubt that the record holds, with its evidence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts import bulk, services
from alerts.models import Cause, Decision
from governance.access.services import delegation_lend
from governance.core.identity.acting import acting_as_user
from tests.alerts.make import alert, finding, take_in
from tests.history.test_page import acknowledge, resolve
from tests.pages.dom import elements

pytestmark = pytest.mark.django_db
URL = "/governance/history/attention"


def sorts(page):
    return [one["data-attention"] for one in elements(page, "data-attention")]


def test_a_quiet_period_says_so(as_):
    page = as_("auditeur").get(URL)
    assert sorts(page) == []
    assert "Rien de tel dans cette période" in page.content.decode()


def test_decisions_that_the_record_doubts_are_told_with_their_evidence(as_, people):
    now = timezone.now()
    take_in([finding("a"), finding("b"), finding("c", severity="WARN")], taken_at=now)
    director, manager = people["directeur"], people["gerant"]
    acknowledge(director, entity_id="a")
    with acting_as_user(director.pk):
        delegation_lend(
            holder_id=manager.pk,
            source="depot",
            ends_at=now + timedelta(days=2),
            reason="congé",
        )
    resolve(manager, note="vu avec lui", entity_id="a")  # within a second of what came before
    take_in(
        [finding("a"), finding("b"), finding("c", severity="WARN")],
        taken_at=now + timedelta(minutes=1),
    )
    page = as_("auditeur").get(URL)
    assert sorts(page) == ["contradicted", "lender", "hasty"]
    text = page.content.decode()
    assert "vu avec lui" in text
    assert f"/governance/alerts/{alert(entity_id='a').pk}" in text
    # The loan of somebody who took nothing on is no confirmation.
    resolve(manager, note="seul", entity_id="b")
    again = as_("auditeur").get(URL).content.decode()
    lender = again.split('data-attention="lender"')[1].split("</section>")[0]
    assert "seul" not in lender


def test_what_was_accepted_in_one_go_opens_these_entries(as_, people):
    take_in([finding(one, severity="WARN") for one in "abc"], taken_at=timezone.now())
    seen = [bulk.Seen(alert(entity_id=one).pk, 1) for one in "abc"]
    until = timezone.localdate() + timedelta(days=9)
    words = services.Resolution("écart connu", Cause.AUTRE, Decision.ACCEPTE, until)
    with acting_as_user(people["directeur"].pk):
        bulk.alerts_resolve(seen=seen, resolution=words)
    client = as_("auditeur")
    page = client.get(URL)
    assert "together" in sorts(page)
    text = page.content.decode()
    assert "directeur a accepté 3 anomalies d’un seul geste" in text
    url = text.split('data-attention="together"')[1].split('href="')[1].split('"')[0]
    entries = elements(client.get(url.replace("&amp;", "&")), "data-entry")
    assert [one["data-entry"] for one in entries] == ["alert.resolve"] * 3


def test_what_returns_and_hours_that_nobody_saw(as_, people):
    start = timezone.now()
    for minute in range(0, 8, 2):
        take_in([finding("a")], taken_at=start + timedelta(minutes=minute))
        take_in([], taken_at=start + timedelta(minutes=minute + 1))
    page = as_("auditeur").get(URL)
    assert sorts(page) == ["returning"]
    assert "3 fois" in page.content.decode()


def test_other_sources_stay_out(as_, people):
    take_in([finding("a")], taken_at=timezone.now())
    acknowledge(people["directeur"])
    resolve(people["directeur"])
    take_in([finding("a")], taken_at=timezone.now() + timedelta(minutes=1))
    assert sorts(as_("ailleurs").get(URL)) == []
    assert "contradicted" in sorts(as_("pca").get(URL))
