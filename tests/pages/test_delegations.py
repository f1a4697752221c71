"""Lending the right to act: who may, to whom, until when; on the page and past it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.access.services import (
    AlreadyEnded,
    AlreadyLent,
    DelegationGone,
    NotAllowed,
    NotLendable,
    delegation_end,
    delegation_lend,
)
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation, User
from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, ledger, take_in
from tests.alerts.test_workflow import DENIED, INVALID, refused
from tests.conftest import make_user
from tests.pages.dom import actions, elements

pytestmark = pytest.mark.django_db
URL = "/governance/delegations"


def days(number):
    return timezone.now() + timedelta(days=number)


def lend(by, to, *, until=None, since=None, source="depot", reason="en congé"):
    with acting_as_user(by.pk):
        return delegation_lend(
            holder_id=to.pk,
            source=source,
            starts_at=since,
            ends_at=until or days(5),
            reason=reason,
        )


# --- In the database ----------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["admin", "directeur"])
def test_who_acts_by_role_lends_and_it_is_signed_and_recorded(people, who):
    given = lend(people[who], people["gerant"])
    with acting_as_user(people["pca"].pk):
        stored = Delegation.objects.get(pk=given)
    assert (stored.granted_by, stored.holder_id) == (people[who].pk, people["gerant"].pk)
    assert ledger(given) == [("delegation.grant", str(people[who].pk))]


@pytest.mark.parametrize("who", ["gerant", "pca", "auditeur", "ailleurs", "sans-role"])
def test_nobody_else_lends(people, who):
    with pytest.raises(NotAllowed):
        lend(people[who], people["gerant"])


def test_what_is_lent_is_not_lent_on(people):
    other = make_user("autre-gerant", {"depot": Role.GERANT})
    lend(people["directeur"], people["gerant"])
    with pytest.raises(NotAllowed):
        lend(people["gerant"], other)


@pytest.mark.parametrize("who", ["pca", "auditeur", "directeur", "ailleurs", "sans-role"])
def test_only_a_gerant_of_the_source_may_hold_it(people, who):
    with pytest.raises(NotLendable):
        lend(people["admin"], people[who])


def test_not_to_an_account_out_of_use(people):
    with acting_as_system("install"):
        User.objects.filter(username="gerant").update(is_active=False)
    with pytest.raises(NotLendable):
        lend(people["directeur"], people["gerant"])


@pytest.mark.parametrize(
    "until", [timedelta(seconds=-1), timedelta(days=90, minutes=1), timedelta(days=9999)]
)
def test_it_ends_within_ninety_days(people, until):
    with pytest.raises(NotLendable):
        lend(people["directeur"], people["gerant"], until=timezone.now() + until)
    with acting_as_user(people["directeur"].pk):
        statement = (
            "INSERT INTO delegation (id, holder_id, source, ends_at, granted_by, created_at, reason)"
            " VALUES (gen_random_uuid(), %s, 'depot', 'infinity', %s, now(), 'x')"
        )
        assert refused(statement, people["gerant"].pk, people["gerant"].pk) is INVALID


def test_what_is_prepared_lends_nothing_before_its_day(people, pg):
    """Neither on a page nor to whoever waited in an open transaction: the clock is read when it is used."""
    lend(people["directeur"], people["gerant"], since=days(2), until=days(9))
    with acting_as_user(people["gerant"].pk), connection.cursor() as cursor:
        cursor.execute(
            "SELECT governance_sources('act'), (SELECT count(*) FROM governance_loans(now()))"
        )
        assert cursor.fetchone() == ([], 0)
    begins = timezone.now() + timedelta(seconds=0.4)
    lend(people["directeur"], people["gerant"], since=begins, until=days(1))
    with acting_as_user(people["gerant"].pk), connection.cursor() as cursor:
        cursor.execute("SELECT governance_sources('act')")
        assert cursor.fetchone() == ([],)
        cursor.execute("SELECT pg_sleep(0.5)")
        cursor.execute(
            "SELECT governance_sources('act'), (SELECT count(*) FROM governance_loans(now()))"
        )
        assert cursor.fetchone() == (["depot"], 1)


def test_it_begins_and_lasts_within_ninety_days_and_for_a_reason(people):
    late = days(91)
    for wrong in (
        {"since": late, "until": late + timedelta(days=1)},
        {"since": days(5), "until": days(4)},
        {"since": days(5), "until": days(96)},
        {"reason": "  "},
        {"reason": "x" * 501},
    ):
        with pytest.raises(NotLendable):
            lend(people["directeur"], people["gerant"], **wrong)
    given = lend(people["directeur"], people["gerant"], since=days(-5))
    with acting_as_user(people["directeur"].pk):
        assert abs(Delegation.objects.get(pk=given).starts_at - timezone.now()) < timedelta(
            minutes=1
        )


def test_two_may_follow_each_other_and_not_overlap(people):
    first = lend(people["directeur"], people["gerant"], since=days(2), until=days(5))
    with pytest.raises(AlreadyLent):
        lend(people["admin"], people["gerant"], until=days(3))
    lend(people["admin"], people["gerant"], since=days(5), until=days(8))
    with acting_as_user(people["directeur"].pk):
        delegation_end(delegation_id=first)
        withdrawn = Delegation.objects.get(pk=first)
    assert withdrawn.ends_at < withdrawn.starts_at
    lend(people["admin"], people["gerant"], until=days(4))


def test_one_at_a_time_and_another_after_it_ended(people):
    given = lend(people["directeur"], people["gerant"])
    with pytest.raises(AlreadyLent):
        lend(people["admin"], people["gerant"])
    with acting_as_user(people["admin"].pk):
        delegation_end(delegation_id=given)
        with pytest.raises(AlreadyEnded):
            delegation_end(delegation_id=given)
    assert lend(people["admin"], people["gerant"]) != given
    assert ledger(given) == [
        ("delegation.grant", str(people["directeur"].pk)),
        ("delegation.revoke", str(people["admin"].pk)),
    ]


def test_ending_is_for_who_may_lend(people):
    given = lend(people["directeur"], people["gerant"])
    for who, error in (("gerant", NotAllowed), ("pca", NotAllowed), ("ailleurs", DelegationGone)):
        with pytest.raises(error), acting_as_user(people[who].pk):
            delegation_end(delegation_id=given)


def test_it_is_ended_and_not_rewritten(people):
    lend(people["directeur"], people["gerant"])
    with acting_as_user(people["directeur"].pk):
        for change in (
            "source = 'autre'",
            "granted_by = holder_id",
            "created_at = now() - interval '1 day'",
            "starts_at = now() - interval '1 day'",
            "reason = 'another'",
        ):
            assert refused(f"UPDATE delegation SET {change}") is DENIED
        assert refused("UPDATE delegation SET ends_at = ends_at + '1 day'") is INVALID
        with connection.cursor() as cursor:
            cursor.execute("UPDATE delegation SET ends_at = '2001-01-01'")
            cursor.execute("DELETE FROM delegation")
            assert cursor.rowcount == 0
        assert Delegation.objects.get().ends_at.year > 2001
        assert refused("UPDATE delegation SET ends_at = '2001-01-01'") is INVALID


def test_a_statement_in_an_open_transaction_does_not_outlive_the_delegation(people):
    """now() would stand still for as long as somebody keeps the transaction open."""
    with acting_as_user(people["directeur"].pk), connection.cursor() as cursor:
        lend(people["directeur"], people["gerant"], until=timezone.now() + timedelta(seconds=0.4))
    with acting_as_user(people["gerant"].pk), connection.cursor() as cursor:
        cursor.execute("SELECT governance_sources('act')")
        assert cursor.fetchone() == (["depot"],)
        cursor.execute("SELECT pg_sleep(0.5)")
        cursor.execute("SELECT governance_sources('act')")
        assert cursor.fetchone() == ([],)


def test_it_lends_nothing_once_the_holder_is_no_gerant(people):
    lend(people["directeur"], people["gerant"])
    with acting_as_system("install"):
        people["gerant"].source_roles.update(role=Role.PCA)
    with acting_as_user(people["gerant"].pk), connection.cursor() as cursor:
        cursor.execute("SELECT governance_sources('act')")
        assert cursor.fetchone() == ([],)


# --- On the page ----------------------------------------------------------------------------------


def words(person, until=None):
    return {
        "to": f"{person.pk}:depot",
        "until": until or (timezone.localdate() + timedelta(days=3)),
        "reason": "en congé",
    }


def test_lending_lets_the_gerant_act_until_it_is_ended(as_, people):
    take_in([finding()])
    address = f"/governance/alerts/{alert().pk}"
    assert actions(as_("gerant").get(address)) == []
    page = as_("directeur").post(URL + "/lend", words(people["gerant"]), follow=True)
    assert "Délégation accordée." in page.content.decode()
    assert actions(as_("gerant").get(address)) == ["ack", "resolve"]
    (row,) = elements(page, "data-delegation")
    end = f"{URL}/{row['data-delegation']}/end"
    page = as_("admin").post(end, follow=True)
    assert "Délégation terminée." in page.content.decode()
    assert actions(as_("gerant").get(address)) == []
    assert as_("gerant").post(address + "/ack", {"version": 1}).status_code == 403
    # the past one stays in the list, without a button
    page = as_("admin").get(URL)
    assert len(elements(page, "data-delegation")) == 1
    assert end not in {one["action"] for one in elements(page, "action")}
    page = as_("admin").post(end, follow=True)
    assert "était déjà terminée" in page.content.decode()


def test_it_lasts_to_the_end_of_the_day_that_was_chosen(as_, people):
    today = timezone.localdate()
    as_("directeur").post(URL + "/lend", words(people["gerant"], today))
    with acting_as_system("test"):
        ends = timezone.localtime(Delegation.objects.get().ends_at)
    assert (ends.date(), ends.hour, ends.minute) == (today + timedelta(days=1), 0, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": ""}, "id_until_error"),
        ({"until": "hier"}, "id_until_error"),
        ({"until": "2020-01-01"}, "Choisissez un jour à venir, après le début."),
        ({"until": "2999-01-01"}, "Choisissez un jour dans les 90 jours qui suivent le début."),
        ({"until": "9999-12-31"}, "Choisissez un jour dans les 90 jours qui suivent le début."),
        ({"since": "2999-01-01"}, "Choisissez un jour dans les 90 jours à venir."),
        ({"since": "2020-01-01"}, "Choisissez un jour à venir."),
        ({"reason": " "}, "id_reason_error"),
        ({"to": ""}, "id_to_error"),
        ({"to": "x"}, "id_to_error"),
        ({"to": "x\x00:depot"}, "id_to_error"),
    ],
)
def test_a_bad_form_comes_back_with_the_message(as_, people, change, said):
    page = as_("directeur").post(URL + "/lend", words(people["gerant"]) | change)
    assert page.status_code == 422
    assert said in page.content.decode()


def test_an_absence_is_prepared_ahead(as_, people):
    day = timezone.localdate() + timedelta(days=10)
    prepared = words(people["gerant"], day + timedelta(days=6)) | {"since": day}
    page = as_("directeur").post(URL + "/lend", prepared, follow=True).content.decode()
    assert "À venir" in page
    assert "en congé" in page
    take_in([finding()])
    assert actions(as_("gerant").get(f"/governance/alerts/{alert().pk}")) == []
    assert "délégation jusqu’au" not in as_("admin").get("/governance/access").content.decode()
    told = as_("auditeur").get("/governance/history").content.decode()
    assert "À partir du" in told
    assert "en congé" in told


@pytest.mark.parametrize("who", ["pca", "directeur", "ailleurs"])
def test_a_handmade_holder_is_refused(as_, people, who):
    assert as_("admin").post(URL + "/lend", words(people[who])).status_code == 422


def test_the_second_of_two_is_told(as_, people):
    as_("directeur").post(URL + "/lend", words(people["gerant"]))
    page = as_("admin").post(URL + "/lend", words(people["gerant"]))
    assert page.status_code == 422
    assert "en a déjà une ici" in page.content.decode()


def test_a_holder_posts_nothing_here(as_, people):
    lend(people["directeur"], people["gerant"])
    assert as_("gerant").post(URL + "/lend", words(people["gerant"])).status_code == 403
    with acting_as_system("test"):
        given = Delegation.objects.get().pk
    assert as_("gerant").post(f"{URL}/{given}/end").status_code == 403


def test_each_sees_what_concerns_them(as_, people):
    lend(people["directeur"], people["gerant"])
    seen = {
        name: len(elements(as_(name).get(URL), "data-delegation"))
        for name in ("admin", "directeur", "pca", "auditeur", "gerant", "ailleurs")
    }
    assert seen == {
        "admin": 1, "directeur": 1, "pca": 1, "auditeur": 1, "gerant": 1, "ailleurs": 0,
    }  # fmt: skip


@pytest.mark.usefixtures("cold")
def test_the_page_asks_as_much_for_one_as_for_many(as_, people):
    lend(people["directeur"], people["gerant"])
    client = as_("directeur")
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for number in range(8):
        lend(people["admin"], make_user(f"g{number}", {"depot": Role.GERANT}))
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)


# --- Who holds which role ---------------------------------------------------------------------------


def test_access_shows_the_roles_of_administered_sources_only(as_, people):
    make_user("Odette", {"kolwezi": Role.PCA})
    lend(people["directeur"], people["gerant"])
    with acting_as_system("install"):
        User.objects.filter(username="pca").update(last_login=days(-2), is_active=False)
    text = as_("admin").get("/governance/access").content.decode()
    assert "Odette" not in text
    assert "kolwezi" not in text
    for word in (
        "directeur",
        "gerant",
        "auditeur",
        "désactivé",
        "jamais",
        "il y a 2",
        "délégation jusqu’au",
    ):
        assert word in text


@pytest.mark.usefixtures("cold")
def test_access_asks_as_much_for_five_people_as_for_thirty(as_, people):
    client = as_("admin")
    client.get("/governance/access")
    with CaptureQueriesContext(connection) as few:
        client.get("/governance/access")
    for number in range(25):
        make_user(f"p{number}", {"depot": Role.PCA})
    with CaptureQueriesContext(connection) as many:
        client.get("/governance/access")
    assert len(many) == len(few)


def test_what_a_delegate_does_says_by_whose_right_until_when(as_, people):
    take_in([finding()])
    address = f"/governance/alerts/{alert().pk}"
    as_("directeur").post(URL + "/lend", words(people["gerant"]))
    as_("gerant").post(address + "/ack", {"version": 1})
    for name in ("directeur", "gerant"):
        said = as_(name).get(address).content.decode()
        assert "par délégation de directeur jusqu’au" in said
    assert "par délégation de directeur jusqu’au" in (
        as_("pca").get("/governance/history").content.decode()
    )


def test_a_delegate_is_told_why_he_cannot_confirm(as_, people):
    take_in([finding()])
    address = f"/governance/alerts/{alert().pk}/resolve"
    as_("directeur").post(URL + "/lend", words(people["gerant"]))
    accept = {
        "version": 1,
        "note": "n",
        "cause": "AUTRE",
        "decision": "ACCEPTE",
        "accepted_until": timezone.localdate() + timedelta(days=5),
    }
    assert as_("directeur").post(address, accept).status_code == 303
    page = as_("gerant").post(address, accept | {"version": 2})
    assert page.status_code == 403
    assert "une autre doit confirmer" in page.content.decode()
    assert alert().status == "ACK"
