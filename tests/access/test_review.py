"""A review decides on every role of a source, is signed once, and what it withdraws is gone at once."""

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.access.review.models import AccessReview
from governance.access.review.queries import holders, review_states
from governance.access.review.services import NotAllowed, ReviewOutdated, review_sign
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from tests.alerts.test_workflow import DENIED, INVALID, refused
from tests.conftest import make_user
from tests.pages.dom import elements

URL = "/governance/access/review"


def decided(withdraw=(), note="n’est plus au dépôt"):
    """The form as a browser would send it."""
    with acting_as_system("test"):
        held = list(SourceRole.objects.filter(source="depot").select_related("user"))
    said = {"source": "depot"}
    for one in held:
        leaves = one.user.username in withdraw
        said[f"decision-{one.user_id.hex}"] = "withdraw" if leaves else "confirm"
        said[f"note-{one.user_id.hex}"] = note if leaves else ""
        said[f"role-{one.user_id.hex}"] = one.role
    return said


def lines(people, **changed):
    """What the database is told: everybody of `depot` confirmed, but for what is `changed` by name."""
    return json.dumps(
        [
            {
                "person": str(people[role.value].pk),
                "role": role.value,
                "decision": "confirm",
                "note": "",
            }
            | changed.get(role.value, {})
            for role in Role
            if changed.get(role.value, {}) is not None
        ]
    )


SIGN = "INSERT INTO access_review (id, source, lines) VALUES (gen_random_uuid(), 'depot', %s)"


def test_a_review_is_signed_withdraws_and_is_recorded(people, as_):
    page = as_("admin").post(URL, decided(withdraw=["pca"]), follow=True)
    assert "Revue signée et inscrite au registre." in page.content.decode()
    assert as_("pca").get("/governance/integrity").status_code == 403
    with acting_as_system("test"):
        (review,) = AccessReview.objects.all()
        entries = list(LedgerEntry.objects.order_by("-seq")[:7])[::-1]
        assert set(SourceRole.objects.filter(source="depot").values_list("role", flat=True)) == {
            "admin", "directeur", "gerant", "auditeur",
        }  # fmt: skip
    assert review.reviewer == people["admin"].pk
    assert [(one.action, one.actor, one.source) for one in entries] == [
        (action, str(people["admin"].pk), "depot")
        for action in (
            "role.revoke", "review.confirm", "review.confirm", "review.confirm", "review.confirm",
            "review.withdraw", "review.sign",
        )
    ]  # fmt: skip
    withdrawn, signed = entries[5:]
    assert withdrawn.subject_id == str(people["pca"].pk)
    assert withdrawn.after["note"] == "n’est plus au dépôt"
    assert signed.after == {"confirmed": 4, "withdrawn": 1}
    history = as_("auditeur").get("/governance/history").content.decode()
    assert "a signé la revue des accès de" in history
    assert "n’est plus au dépôt" in history


def test_what_is_not_decided_comes_back_with_what_was_typed(people, as_):
    said = decided(withdraw=["pca"], note="")
    del said[f"decision-{people['gerant'].pk.hex}"]
    said[f"note-{people['directeur'].pk.hex}"] = "confirmé par téléphone"
    page = as_("admin").post(URL, said)
    text = page.content.decode()
    assert page.status_code == 422
    for words in ("Décidez", "Dites pourquoi ce rôle est retiré.", "confirmé par téléphone"):
        assert words in text
    with acting_as_system("test"):
        assert not AccessReview.objects.exists()


def test_a_role_that_changed_since_is_decided_anew(people, as_):
    said = decided()
    with acting_as_system("install"):
        SourceRole.objects.filter(user=people["pca"]).update(role=Role.AUDITEUR)
    page = as_("admin").post(URL, said)
    assert (page.status_code, "Ce rôle a changé depuis" in page.content.decode()) == (422, True)
    with acting_as_user(people["admin"].pk):
        shown = holders("depot")
        every = {one.account.pk: ("confirm", "") for one in shown}
        make_user("nouveau", {"depot": Role.PCA})
        with pytest.raises(ReviewOutdated):
            review_sign(source="depot", shown=shown, decisions=every)


def test_the_database_takes_only_a_whole_review_of_who_may(people):
    admin = people["admin"].pk
    with acting_as_user(admin):
        for wrong in (
            lines(people, pca=None),
            lines(people, pca={"role": "admin"}),
            lines(people, pca={"person": str(people["ailleurs"].pk)}),
            lines(people, pca={"decision": "maybe"}),
            lines(people, pca={"decision": "withdraw", "note": " "}),
            lines(people, admin={"decision": "withdraw", "note": "moi-même"}),
            lines(people, pca={"note": "x" * 501}),
            "{}",
        ):
            assert refused(SIGN, wrong) is INVALID
    for name in ("directeur", "pca", "ailleurs", "sans-role"):
        with acting_as_user(people[name].pk):
            assert refused(SIGN, lines(people)) is DENIED
    for machine in ("scan", "accounts"):
        with acting_as_system(machine):
            assert refused(SIGN, lines(people)) is DENIED
    with acting_as_user(admin), connection.cursor() as cursor:
        cursor.execute(SIGN, [lines(people)])
        for change in ("UPDATE access_review SET lines = '[]'", "DELETE FROM access_review"):
            assert refused(change) is DENIED
    with pytest.raises(NotAllowed), acting_as_user(people["directeur"].pk):
        review_sign(source="depot", shown=[], decisions={})


def test_not_even_the_owner_changes_one(pg, fresh_console):
    with psycopg.connect(pg.dsn(fresh_console, "console_owner")) as owner:
        owner.execute("SELECT set_config('governance.system', 'install', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("TRUNCATE access_review")


def test_the_page_says_what_is_known_of_each(people, as_):
    with acting_as_system("install"):
        User.objects.filter(username="pca").update(last_login=timezone.now() - timedelta(days=40))
    as_("directeur").post("/governance/aide/presentation")
    answer = as_("admin").get(URL)
    text = answer.content.decode()
    assert "il y a 40" in text
    factors = [
        one
        for one in elements(answer, "data-label")
        if one["data-label"] == "Double authentification"
    ]
    assert {one.text.strip() for one in factors} == {"non"}
    assert "vous-même" in text
    assert text.count('value="withdraw"') == len(Role) - 1
    assert "jamais" in text


def test_a_source_is_due_a_quarter_after_its_last_review(people):
    with acting_as_system("install"):
        User.objects.update(date_joined=timezone.now() - timedelta(days=93))
    with acting_as_user(people["admin"].pk):
        (state,) = review_states(["depot"])
        assert (state.last, state.is_overdue) == (None, True)
        with connection.cursor() as cursor:
            cursor.execute(SIGN, [lines(people)])
        (state,) = review_states(["depot"])
        assert state.last is not None
        assert not state.is_overdue


def test_one_who_administers_two_sources_chooses(people, as_):
    both = make_user("les-deux", {"depot": Role.ADMIN, "kolwezi": Role.ADMIN})
    client = as_("admin")
    client.force_login(both)
    page = client.get(URL).content.decode()
    assert "data-holder" not in page
    assert 'href="/governance/access/review?source=kolwezi"' in page
    assert "data-holder" in client.get(f"{URL}?source=kolwezi").content.decode()
    assert client.get(f"{URL}?source=ailleurs").status_code == 404
    assert as_("admin").get(f"{URL}?source=kolwezi").status_code == 404


@pytest.mark.usefixtures("cold")
def test_it_asks_as_much_for_five_people_as_for_thirty(people, as_):
    client = as_("admin")
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for number in range(25):
        make_user(f"p{number}", {"depot": Role.PCA})
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)


def test_two_signatures_at_once_are_two_reviews_and_the_second_knows_the_first(people):
    """The second one is refused: the role that both withdraw is gone."""
    withdrawn = lines(people, pca={"decision": "withdraw", "note": "parti"})
    with acting_as_user(people["admin"].pk), connection.cursor() as cursor:
        cursor.execute(SIGN, [withdrawn])
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            cursor.execute(SIGN, [withdrawn])
