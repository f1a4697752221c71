"""Comments and assignment, through the service and past it."""

import uuid

import pytest

from alerts.models import Comment
from alerts.related import COMMENTS_SHOWN, alert_candidates, alert_comments
from alerts.services import (
    AlertGone,
    Conflict,
    NotAllowed,
    NotAssignable,
    alert_acknowledge,
    alert_assign,
    comment_add,
)
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, finding, ledger, take_in
from tests.alerts.test_workflow import DENIED, INVALID, refused, run
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return {
        "admin": make_user("admin", {"depot": Role.ADMIN}),
        "directeur": make_user("directeur", {"depot": Role.DIRECTEUR}),
        "gerant": make_user("gerant", {"depot": Role.GERANT}),
        "pca": make_user("pca", {"depot": Role.PCA}),
        "auditeur": make_user("auditeur", {"depot": Role.AUDITEUR}),
        "ailleurs": make_user("ailleurs", {"autre": Role.DIRECTEUR}),
        "parti": make_user("parti", {"depot": Role.GERANT}, is_active=False),
    }


def say(user, body="vu sur place"):
    with acting_as_system("scan"):
        one = alert()
    with acting_as_user(user.pk):
        return comment_add(alert_id=one.pk, body=body)


def test_a_comment_takes_author_and_time_from_the_session_and_leaves_one_entry(people):
    take_in([finding()])
    say(people["gerant"])
    with acting_as_user(people["pca"].pk):
        (seen,) = alert_comments(alert().pk).shown
    assert (seen.author, seen.body) == (people["gerant"].pk, "vu sur place")
    assert (seen.source, seen.concerns) == ("depot", "depot")
    assert ledger(alert().pk)[1:] == [("alert.comment", str(people["gerant"].pk))]
    assert alert().version == 1  # a comment is no change of the alert


@pytest.mark.parametrize(
    ("who", "error"), [("pca", NotAllowed), ("auditeur", NotAllowed), ("ailleurs", AlertGone)]
)
def test_who_may_not_comment_is_refused_by_the_database(people, who, error):
    take_in([finding()])
    with pytest.raises(error):
        say(people[who])
    assert len(ledger(alert().pk)) == 1


def test_a_resolved_alert_can_be_commented(people):
    take_in([finding()])
    take_in([])
    assert say(people["gerant"]).pk


def test_comments_on_the_consoles_own_are_for_admins_and_seen_by_whom_they_concern(people):
    take_in([finding("depot/x", check_code="RULE_INERT")], source="console")
    with pytest.raises(NotAllowed):
        say(people["directeur"])
    say(people["admin"])
    for who, number in (("pca", 1), ("directeur", 1), ("ailleurs", 0)):
        with acting_as_user(people[who].pk):
            assert Comment.objects.count() == number


def test_a_forged_author_time_or_source_is_overwritten(people):
    take_in([finding()])
    with acting_as_user(people["gerant"].pk):
        run(
            "INSERT INTO alert_comment (id, alert_id, source, concerns, author, at, body)"
            " VALUES (gen_random_uuid(), %s, 'autre', 'autre', %s, '2001-01-01', 'x')",
            alert().pk,
            people["admin"].pk,
        )
        (said,) = Comment.objects.all()
    assert (said.author, said.source, said.concerns) == (people["gerant"].pk, "depot", "depot")
    assert said.at.year > 2001


def insert(alert_id, body):
    return (
        "INSERT INTO alert_comment (id, alert_id, body) VALUES (gen_random_uuid(), %s, %s)",
        alert_id,
        body,
    )


def test_what_is_no_comment_is_refused_by_the_database(people):
    take_in([finding()])
    one = alert()
    with acting_as_user(people["gerant"].pk):
        for body in ("", " \n\t", "x" * 4001):
            assert refused(*insert(one.pk, body)) is INVALID
        assert refused(*insert(uuid.uuid4(), "x")) is DENIED
        run(*insert(one.pk, "x" * 4000))
        for statement in (
            "UPDATE alert_comment SET body = 'autre chose'",
            "DELETE FROM alert_comment",
            "TRUNCATE alert_comment",
        ):
            assert refused(statement) is DENIED
    with acting_as_system("scan"):
        assert refused(*insert(one.pk, "x")) is DENIED
    assert run("SELECT * FROM alert_comment") == 0
    assert refused(*insert(one.pk, "x")) is DENIED


def test_the_newest_comments_are_shown_and_all_are_counted(people):
    take_in([finding()])
    with acting_as_user(people["gerant"].pk):
        for number in range(COMMENTS_SHOWN + 1):
            comment_add(alert_id=alert().pk, body=str(number))
        comments = alert_comments(alert().pk)
    assert comments.total == COMMENTS_SHOWN + 1
    assert [one.body for one in comments.shown] == [str(n) for n in range(1, COMMENTS_SHOWN + 1)]


# --- Assignment ------------------------------------------------------------------------------------


def assign(user, who, version=1):
    with acting_as_user(user.pk):
        return alert_assign(alert_id=alert().pk, version=version, assignee=who and who.pk)


def test_assigning_and_taking_back_leave_one_entry_each(people):
    take_in([finding()])
    one = assign(people["gerant"], people["directeur"])
    assert (one.assignee, one.version, one.status) == (people["directeur"].pk, 2, "OPEN")
    one = assign(people["directeur"], None, version=2)
    assert (one.assignee, one.version) == (None, 3)
    assert ledger(one.pk)[1:] == [
        ("alert.assign", str(people["gerant"].pk)),
        ("alert.assign", str(people["directeur"].pk)),
    ]


def test_assigning_to_whom_it_is_assigned_is_no_change(people):
    take_in([finding()])
    assign(people["gerant"], people["gerant"])
    assert assign(people["admin"], people["gerant"], version=2).version == 2
    assert len(ledger(alert().pk)) == 2


@pytest.mark.parametrize("who", ["pca", "auditeur", "ailleurs", "parti"])
def test_nobody_is_named_who_may_not_take_care(people, who):
    take_in([finding()])
    with pytest.raises(NotAssignable):
        assign(people["directeur"], people[who])
    with acting_as_user(people["directeur"].pk):
        statement = "UPDATE system_alerts SET assignee = %s"
        assert refused(statement, people[who].pk) is INVALID
        assert refused(statement, uuid.uuid4()) is INVALID
        assert (
            refused("UPDATE system_alerts SET status = 'ACK', assignee = %s", people[who].pk)
            is INVALID
        )
    assert (alert().assignee, alert().version) == (None, 1)


@pytest.mark.parametrize("who", ["pca", "auditeur"])
def test_who_may_not_comment_may_not_assign(people, who):
    take_in([finding()])
    with pytest.raises(NotAllowed):
        assign(people[who], people["gerant"])


def test_an_outdated_version_is_a_conflict_and_a_resolved_alert_is_nobodys_turn(people):
    take_in([finding()])
    with acting_as_user(people["directeur"].pk):
        alert_acknowledge(alert_id=alert().pk, version=1)
    with pytest.raises(Conflict):
        assign(people["gerant"], people["gerant"])
    take_in([])
    with pytest.raises(Conflict):
        assign(people["gerant"], people["gerant"], version=3)
    with acting_as_user(people["directeur"].pk):
        assert refused("UPDATE system_alerts SET assignee = %s", people["gerant"].pk) is INVALID


def test_who_lost_the_role_stays_named_and_does_not_stop_the_others(people):
    take_in([finding()])
    assign(people["directeur"], people["gerant"])
    with acting_as_system("install"):
        people["gerant"].source_roles.all().delete()
    with acting_as_user(people["directeur"].pk):
        one = alert_acknowledge(alert_id=alert().pk, version=2)
    assert one.assignee == people["gerant"].pk


def test_a_new_episode_is_nobodys_yet(people):
    take_in([finding()])
    assign(people["directeur"], people["gerant"])
    take_in([])
    take_in([finding()], taken_at=NOW)
    assert (alert().episode, alert().assignee) == (2, None)


def test_who_may_take_care_is_one_answer_for_the_page_and_the_trigger(people):
    take_in([finding()])
    take_in([finding("depot/x")], source="console")
    elsewhere = make_user("deux", {"autre": Role.ADMIN, "depot": Role.PCA})
    with acting_as_user(people["admin"].pk):
        here, own = alert(source="depot"), alert(source="console")
        allowed = ("admin", "directeur", "gerant")
        assert set(alert_candidates(here)) == {people[name].pk for name in allowed}
        # the console's own: an admin of anything who also sees what it is about
        assert set(alert_candidates(own)) == {people["admin"].pk, elsewhere.pk}
