"""What administrators do to people, on the pages and past them: in SQL the same is refused."""

import re
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import ProgrammingError, connections, transaction
from django.test import Client

from alerts.models import Alert
from alerts.services import NotAssignable
from governance.access.people import services
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Account, SourceRole, User
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.core.logs import Formatter
from tests.alerts.make import finding, take_in
from tests.conftest import account, make_user

PEOPLE = "/governance/people"


def entries(subject):
    with acting_as_system("test"):
        return list(
            LedgerEntry.objects.filter(subject_id=str(subject.pk))
            .order_by("seq")
            .values_list("action", "actor")
        )


def invite(client, name="nadia", **more):
    said = {"username": name, "language": "fr", "source": "depot", "role": "gerant"} | more
    return client.post(f"{PEOPLE}/invite", said)


def link_on(client, answer):
    page = client.get(answer["Location"]).content.decode()
    return re.search(r"http://testserver(/accounts/link/[\w-]+/)", page)


def test_an_invitation_shows_its_link_once_and_the_ledger_says_who(comes_in, people):
    client = comes_in("admin")
    answer = invite(client, first_name="Nadia", last_name="Mbuyi")
    assert answer.status_code == 303
    assert link_on(client, answer)
    assert not link_on(client, answer)  # the next look has none
    nadia = account("nadia")
    assert not nadia.has_usable_password()
    by_admin = str(people["admin"].pk)
    assert entries(nadia) == [
        ("user.create", by_admin),
        ("role.grant", by_admin),
        ("user.link", by_admin),
    ]


def test_the_link_lets_in_once(comes_in, people):
    client, stranger = comes_in("admin"), Client()
    where = link_on(client, invite(client))[1]
    assert stranger.get(where).status_code == 200
    new = {"new_password1": "sept camions verts", "new_password2": "sept camions verts"}
    short = {"new_password1": "court", "new_password2": "court"}
    assert stranger.post(where, short).status_code == 422
    assert stranger.post(where, new).status_code == 302
    assert stranger.get("/governance/integrity").status_code == 200
    assert account("nadia").check_password("sept camions verts")
    assert Client().get(where).status_code == 404
    assert Client().post(where, new).status_code == 404


def test_the_page_behind_a_link_speaks_as_the_person_was_invited(comes_in, people):
    client = comes_in("admin")
    where = link_on(client, invite(client, language="en"))
    stranger = Client()
    page = stranger.get(where[1])
    assert '<html lang="en"' in page.content.decode()
    assert "Choose a password" in page.content.decode()
    stranger.cookies["django_language"] = "fr"  # a choice on the page itself
    assert "Choisir un mot de passe" in stranger.get(where[1]).content.decode()


def test_no_line_of_the_log_holds_a_link(comes_in, people, caplog):
    """Refused passwords, void links and foreign forms are logged with their address."""
    client = comes_in("admin")
    url = link_on(client, client.post(f"{PEOPLE}/{people['pca'].pk}/link"))[1]
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(url).status_code == 403
    assert Client().post(url, {"new_password1": "a", "new_password2": "b"}).status_code == 422
    assert Client().get(url[:-2] + "x/").status_code == 404
    lines = [Formatter("{message}", style="{").format(one) for one in caplog.records]
    assert len(lines) >= 3
    assert not [one for one in lines if url.split("/")[3] in one]


def test_by_mail_where_there_is_one_in_the_person_s_language(comes_in, people, inbox):
    client = comes_in("admin")
    answer = invite(client, email="nadia@depot.invalid", language="en")
    assert not link_on(client, answer)
    [(recipients, message)] = inbox.messages
    assert recipients == ["nadia@depot.invalid"]
    [where] = re.findall(r"http://testserver(/accounts/link/\S+)", message.get_content())
    assert Client().get(where).status_code == 200


def test_a_mail_server_that_is_away_leaves_the_link_to_be_handed_over(
    comes_in, people, inbox, settings
):
    settings.EMAIL_PORT = 1
    client = comes_in("admin")
    assert link_on(client, invite(client, email="nadia@depot.invalid"))


def test_a_name_or_an_address_that_is_taken_comes_back_beside_its_field(comes_in, people):
    client = comes_in("admin")
    assert "porte cet identifiant" in invite(client, "PCA").content.decode()
    assert invite(client, email="n@depot.invalid").status_code == 303
    answer = invite(client, "autre-nom", email="N@depot.invalid")
    assert (answer.status_code, "a cette adresse" in answer.content.decode()) == (422, True)


def test_a_name_that_is_somebody_s_address_would_keep_its_owner_out(comes_in, people):
    client = comes_in("admin")
    assert invite(client, email="n@depot.invalid").status_code == 303
    assert invite(client, "N@depot.invalid").status_code == 422
    assert invite(client, "m@depot.invalid").status_code == 303
    assert invite(client, "autre-nom", email="m@depot.invalid").status_code == 422


@pytest.mark.parametrize("end", ["closed", "no role", "not theirs"])
def test_a_link_ends_with_the_right_of_who_made_it(people, end):
    """An administrator who is let go has made links for everybody the evening before."""
    second, pca = make_user("second", {"depot": Role.ADMIN}), people["pca"]
    with acting_as_user(second.pk):
        where = f"/accounts/link/{services.person_link(person_id=pca.pk, purpose='reset')}/"
    assert Client().get(where).status_code == 200
    with acting_as_system("install"):
        if end == "closed":
            services.person_close(person_id=second.pk, heirs={})
        elif end == "no role":
            services.role_set(person_id=second.pk, source="depot", role="")
        else:
            services.role_set(person_id=pca.pk, source="autre", role="pca")
    new = {"new_password1": "sept camions verts", "new_password2": "sept camions verts"}
    assert Client().get(where).status_code == 404
    assert Client().post(where, new).status_code == 404
    assert account("pca").check_password("pca")


def test_a_role_is_given_changed_and_taken_by_others(comes_in, people):
    client, gerant = comes_in("admin"), people["gerant"]
    for role in ("auditeur", "", "gerant"):
        assert (
            client.post(f"{PEOPLE}/{gerant.pk}/role", {"source": "depot", "role": role}).status_code
            == 303
        )
        with acting_as_system("test"):
            held = list(SourceRole.objects.filter(user=gerant).values_list("role", flat=True))
        assert held == ([role] if role else [])
    assert [action for action, _actor in entries(gerant)][-3:] == [
        "role.change",
        "role.revoke",
        "role.grant",
    ]


def test_nobody_gives_themselves_a_role(comes_in, people):
    admin = people["admin"]
    answer = comes_in("admin").post(
        f"{PEOPLE}/{admin.pk}/role", {"source": "depot", "role": "directeur"}
    )
    assert answer.status_code == 403
    with pytest.raises(ProgrammingError, match="nobody gives themselves"), acting_as_user(admin.pk):
        SourceRole.objects.filter(user=admin).update(role="directeur")


def test_whoever_administers_elsewhere_changes_nobody_here(comes_in, people):
    client, gerant = comes_in("autre"), people["gerant"]
    for act in ("change", "close", "reopen", "link", "sessions", "factors"):
        assert client.post(f"{PEOPLE}/{gerant.pk}/{act}").status_code == 403, act
    assert (
        client.post(f"{PEOPLE}/{gerant.pk}/role", {"source": "depot", "role": "pca"}).status_code
        == 422
    )


# --- the last administrator ---------------------------------------------------------------------


def test_the_last_administrator_stays_whoever_asks(comes_in, people):
    admin = people["admin"]
    second = make_user("second", {"autre": Role.ADMIN, "depot": Role.ADMIN})
    client = comes_in("admin")
    assert (
        client.post(f"{PEOPLE}/{second.pk}/role", {"source": "depot", "role": ""}).status_code
        == 303
    )
    with acting_as_system("install"):
        with pytest.raises(services.LastAdministrator):
            services.role_set(person_id=admin.pk, source="depot", role="")
        with pytest.raises(services.LastAdministrator):
            services.role_set(person_id=admin.pk, source="depot", role="pca")
        with pytest.raises(services.LastAdministrator):
            services.person_close(person_id=admin.pk, heirs={})
    assert account("admin").is_active


def test_of_two_administrators_who_go_at_the_same_instant_one_stays(fresh_console):
    """By scripts: of two people one would lose the right to take the other's role first."""
    both = [make_user(name, {"depot": Role.ADMIN}) for name in ("un", "deux")]

    def take(person):
        try:
            with acting_as_system("install"):
                services.role_set(person_id=person.pk, source="depot", role="")
        except services.LastAdministrator:
            return "refused"
        else:
            return "taken"
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, both)) == ["refused", "taken"]
    with acting_as_system("test"):
        assert SourceRole.objects.filter(role="admin").count() == 1


# --- somebody leaves -----------------------------------------------------------------------------


def test_a_leaver_hands_over_in_the_same_act(comes_in, people):
    gerant, heir = people["gerant"], people["directeur"]
    take_in([finding("bac-1"), finding("bac-2")])
    with acting_as_user(gerant.pk):
        Alert.objects.update(assignee=gerant.pk)
    theirs, client = comes_in("gerant"), comes_in("admin")
    page = client.get(f"{PEOPLE}/{gerant.pk}/close").content.decode()
    assert page.count("data-assigned") == 2
    answer = client.post(f"{PEOPLE}/{gerant.pk}/close", {"heir-depot": str(heir.pk)})
    assert answer.status_code == 303
    with acting_as_system("test"):
        assert set(Alert.objects.values_list("assignee", flat=True)) == {heir.pk}
        assert (
            LedgerEntry.objects.filter(action="alert.assign", actor=str(people["admin"].pk)).count()
            == 2
        )
    assert not account("gerant").is_active
    out = theirs.get("/governance/integrity")
    assert (out.status_code, out["Location"]) == (
        302,
        "/accounts/login/?next=/governance/integrity",
    )
    assert "Votre compte a été fermé" in theirs.get(out["Location"]).content.decode()


def test_an_heir_who_may_not_is_refused_and_nothing_is_done(comes_in, people):
    gerant = people["gerant"]
    take_in([finding()])
    with acting_as_user(gerant.pk):
        Alert.objects.update(assignee=gerant.pk)
    answer = comes_in("admin").post(
        f"{PEOPLE}/{gerant.pk}/close", {"heir-depot": str(people["pca"].pk)}
    )
    assert answer.status_code == 422
    assert account("gerant").is_active
    with acting_as_system("install"), pytest.raises(NotAssignable):
        services.person_close(person_id=gerant.pk, heirs={"depot": people["pca"].pk})
    assert account("gerant").is_active


def test_nobody_closes_the_own_account(people):
    admin = people["admin"]
    make_user("second", {"depot": Role.ADMIN})
    with pytest.raises(ProgrammingError, match="closes the own"), acting_as_user(admin.pk):
        Account.objects.filter(pk=admin.pk).update(is_active=False)


# --- the database, past the program ---------------------------------------------------------------


def test_in_sql_each_act_is_refused_to_the_wrong_person(people):
    gerant, admin = people["gerant"].pk, people["admin"].pk
    acts = (
        ("SELECT link_make(sha256('x'), %s, 'reset', '1 day')", "lets it in"),
        ("SELECT sessions_end(%s, 'ended', NULL, NULL)", "ends its sessions"),
        ("SELECT sessions_end(%s, 'disowned', NULL, NULL)", "ends its sessions"),
        ("SELECT factors_reset(%s)", "resets its factors"),
    )
    wrong = {"directeur": gerant, "autre": gerant, "gerant": admin}
    for who, victim in wrong.items():
        for statement, said in acts:
            with (
                pytest.raises(ProgrammingError, match=said),
                acting_as_user(people[who].pk),
                connections["default"].cursor() as cursor,
            ):
                cursor.execute(statement, [victim])
    # Not even for oneself: a password is changed with the former one, a factor removed with the factor.
    for statement, said in (acts[0], acts[3]):
        with (
            pytest.raises(ProgrammingError, match=said),
            acting_as_user(admin),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement, [admin])


def test_links_and_other_people_s_sessions_are_read_by_nobody(people, comes_in):
    comes_in("gerant")
    with acting_as_user(people["admin"].pk), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM person_session WHERE user_id = %s", [people["gerant"].pk]
        )
        assert cursor.fetchone() == (0,)
        with pytest.raises(ProgrammingError) as refused, transaction.atomic():
            cursor.execute("SELECT * FROM person_link")
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_an_account_that_the_machine_removes_takes_along_what_stands_beside_it(people, comes_in):
    comes_in("gerant")
    with acting_as_system("install"):
        User.objects.get(username="gerant").delete()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT session_over('x')")
    assert (
        Client().post("/accounts/login/", {"login": "gerant", "password": "gerant"}).status_code
        == 200
    )


# --- reads -------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_for_three_and_for_thirty(
    comes_in, people, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = comes_in("admin")
    with CaptureQueriesContext(connection) as few:
        client.get(PEOPLE)
    for number in range(20):
        make_user(f"n-{number}", {"depot": Role.GERANT})
    with CaptureQueriesContext(connection) as many:
        page = client.get(PEOPLE).content.decode()
    assert page.count("data-person") == 26
    assert len(many) == len(few)


def test_the_configuration_shows_no_secret(comes_in, people, settings):
    settings.SOURCES = {
        "depot": "postgresql://reader:grand-secret-de-source@erp.example.com:5433/erp"
    }
    settings.SENDS_MAIL, settings.EMAIL_HOST, settings.EMAIL_HOST_PASSWORD = (
        True,
        "mail.example.com",
        "s3cret-mail",
    )
    page = comes_in("admin").get("/governance/configuration").content.decode()
    assert "reader@erp.example.com:5433/erp" in page
    assert "mail.example.com" in page
    for secret in ("grand-secret-de-source", "s3cret-mail", settings.SECRET_KEY):
        assert secret not in page
    assert "n’ont pas de double authentification" in page


@pytest.mark.parametrize("path", ["people", "access", "access/review", "access/journal"])
def test_in_english_a_person_is_not_called_nobody(comes_in, people, path):
    """French has one word for both."""
    client = comes_in("admin")
    client.cookies["django_language"] = "en"
    page = client.get(f"/governance/{path}").content.decode()
    assert "Person" in page
    assert "Nobody" not in page
