"""Exports: what a spreadsheet and the verifier get, the same bytes a week later, bounded memory."""

import csv
import hashlib
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.history.export.sheet import CELL_LIMIT, cell
from tests.alerts.make import NOW, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import elements

CSV, JSONL = "/governance/history/export.csv", "/governance/history/export.jsonl"
NASTY = '=HYPERLINK("http://evil";"x")'


def chunks(response: Any) -> Iterator[bytes]:
    assert response.status_code == 200
    return iter(response.streaming_content)


def body(response: Any) -> bytes:
    return b"".join(chunks(response))


def below_header(content: bytes) -> bytes:
    if content.startswith(b"{"):
        return content.partition(b"\n")[2]
    return content.partition(b"\r\n\r\n")[2]


def table(content: bytes):
    text = below_header(content).decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    names, *lines, manifest = rows
    return [dict(zip(names, line, strict=True)) for line in lines], manifest


def last_entry():
    with acting_as_system("test"):
        return LedgerEntry.objects.order_by("-seq").first()


@pytest.mark.django_db
def test_the_sheet_opens_right_in_a_french_spreadsheet(as_):
    take_in(
        [finding(message=NASTY), finding("é", payload={"n": 1e300, "x": 0.1, "t": "a\n;\r\nb"})]
    )
    response = as_("directeur").post(CSV)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="historique-')
    assert response["Content-Disposition"].endswith('.csv"')
    content = body(response)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")  # a cell's own line breaks are JSON's \n
    header = content.decode("utf-8-sig").partition("\r\n\r\n")[0]
    assert '"Exporté par";"directeur"' in header
    rows, manifest = table(content)
    opened = [row for row in rows if row["Action"] == "alert.open"]
    assert {row["Qui"] for row in opened} == {"Le contrôle automatique"}
    assert {row["Action en clair"] for row in opened} == {"Constat"}
    assert json.loads(opened[0]["Après"])["message"] in (NASTY, "Le bac est sous zéro.")
    assert any('"n": 1000000000' in row["Après"] for row in opened)
    assert manifest[0] == "SHA-256"
    lines = below_header(content)
    assert hashlib.sha256(lines[: lines.rindex(b'"SHA-256"')]).hexdigest() == manifest[1]
    assert int(manifest[3]) == len(rows)


@pytest.mark.django_db
def test_a_person_stands_in_the_sheet_by_name_and_role(as_, people):
    rows, _ = table(body(as_("directeur").post(CSV, query_params={"action": "role.grant"})))
    assert rows
    from alerts import services
    from governance.core.identity.acting import acting_as_user
    from tests.alerts.make import alert

    take_in([finding()])
    with acting_as_user(people["directeur"].pk):
        services.alert_acknowledge(alert_id=alert().pk, version=1)
    (row,), _ = table(body(as_("pca").post(CSV, query_params={"action": "alert.ack"})))
    assert (row["Qui"], row["Rôle"], row["Source"]) == ("directeur", "Directeur", "depot")
    assert row["Identifiant"] == str(people["directeur"].pk)
    assert (
        row["Date et heure"] == f"{timezone.localtime():%d/%m/%Y %H:}" + row["Date et heure"][14:]
    )


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+33",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\ufeff=1",
        "'=1",
        '"=1',
        "＝1",
    ],
)
def test_no_cell_is_a_formula(text):
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "TANK4", "12", "a=b", "l’eau", "2026-10-31", '{"a": "=1"}'])
def test_other_cells_stay_as_they_are(text):
    assert cell(text) == text


def test_a_cell_says_where_it_was_cut():
    assert cell("x" * CELL_LIMIT) == "x" * CELL_LIMIT
    assert cell("x" * (CELL_LIMIT + 1)).endswith("l’export JSON contient tout)")


@pytest.mark.django_db
def test_filter_period_person_and_time_stand_in_the_header(as_):
    take_in([finding()])
    query = {"action": "alert.open", "from": "2026-01-01", "to": "2030-12-31"}
    header = (
        body(as_("directeur").post(CSV, query_params=query))
        .decode("utf-8-sig")
        .partition("\r\n\r\n")[0]
    )
    for part in (
        '"Période";"du";"2026-01-01";"au";"2030-12-31"',
        '"Filtre";"action = alert.open"',
        f'"Exporté le";"{timezone.localtime():%d/%m/%Y}',
    ):
        assert part in header
    first = json.loads(body(as_("directeur").post(JSONL, query_params=query)).partition(b"\n")[0])
    assert first["selection"] == query
    assert first["by"]["name"] == "directeur"


@pytest.mark.django_db
@pytest.mark.parametrize("url", [CSV, JSONL])
def test_an_export_is_itself_an_entry_and_not_in_its_own_file(as_, people, url):
    take_in([finding()])
    kind = url.rpartition(".")[2]
    before = last_entry().seq
    content = body(as_("pca").post(url, query_params={"source": "depot", "routine": "1"}))
    entry = last_entry()
    assert (entry.action, entry.actor) == (f"export.{kind}", str(people["pca"].pk))
    assert entry.after == {"selection": {"source": "depot"}, "first_seq": 1, "last_seq": before}
    assert f"export.{kind}".encode() not in below_header(content)
    seen = as_("directeur").get("/governance/history", {"action": f"export.{kind}"})
    assert "pca a exporté l’historique" in seen.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("url", [CSV, JSONL])
def test_looking_at_the_address_is_no_export(as_, people, url):
    take_in([finding()])
    before = last_entry().seq
    for method in ("get", "head"):
        answer = getattr(as_("pca"), method)(url)
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert last_entry().seq == before


@pytest.mark.django_db
def test_the_page_has_a_button_for_each_file_and_its_token_is_asked_for(people):
    take_in([finding()])
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["pca"])
    page = client.get("/governance/history?action=alert.open")
    (token, *_) = [
        one["value"] for one in elements(page, "value") if one.get("name") == "csrfmiddlewaretoken"
    ]
    (form,) = elements(page, "data-download")
    (other,) = [one for one in elements(page, "formaction") if "export.jsonl" in one["formaction"]]
    for address in (form["action"], other["formaction"]):
        assert client.post(address).status_code == 403
        answer = client.post(address, {"csrfmiddlewaretoken": token})
        assert b"alert.open" in body(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("url", [CSV, JSONL])
def test_nobody_exports_what_the_person_may_not_see(as_, url):
    take_in([finding(message="secret du dépôt")])
    assert b"secret" not in body(as_("ailleurs").post(url))
    assert b"secret" in body(as_("auditeur").post(url))


@pytest.mark.django_db
@pytest.mark.parametrize("url", [CSV, JSONL])
def test_routine_is_in_the_file_also_when_the_page_hides_it(as_, url):
    take_in([finding()])
    take_in([finding()], taken_at=NOW + timedelta(minutes=1))
    assert b"alert.seen" in body(as_("pca").post(url))


@pytest.mark.parametrize("url", [CSV, JSONL])
def test_two_exports_of_one_period_a_week_apart_are_the_same_bytes(fresh_console, url, monkeypatch):
    """Accept 7. In between: more happens, the exporter is renamed, somebody leaves, roles change."""
    director = make_user("directrice", {"depot": Role.DIRECTEUR})
    leaver = make_user("partant", {"depot": Role.DIRECTEUR}, first_name="Paul")
    take_in([finding(), finding("b")])
    take_in([finding("b")], taken_at=NOW + timedelta(minutes=1))
    until = timezone.now().isoformat()
    take_in([finding("c")], taken_at=NOW + timedelta(minutes=2))
    client = Client()
    client.force_login(director)
    query = {"to": until.replace("+00:00", "Z")}
    first = body(client.post(url, query_params=query))
    with acting_as_system("install"):
        SourceRole.objects.filter(user=leaver).delete()
        User.objects.filter(pk=leaver.pk).delete()
        User.objects.filter(pk=director.pk).update(first_name="Aline", last_name="Mbuyi")
    take_in([finding("d")], taken_at=NOW + timedelta(minutes=3))
    later = timezone.now() + timedelta(days=7)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client.force_login(director)
    second = body(client.post(url, query_params=query, headers={"Accept-Language": "en"}))
    assert below_header(first) == below_header(second)
    assert b"Paul" in below_header(second)
    if url == CSV:  # the header of the other comes from the machine's clock
        assert first != second


@pytest.mark.django_db(transaction=False)
def test_an_open_end_is_closed_by_the_moment_of_the_export(as_):
    take_in([finding()])
    response = as_("pca").post(CSV)
    take_in([finding("later")], taken_at=NOW + timedelta(minutes=1))
    rows, _ = table(body(response))
    assert [row["Action"] for row in rows].count("alert.open") == 1


def test_the_verifier_accepts_what_the_page_exports(fresh_console, tmp_path):
    import subprocess
    import sys

    from django.conf import settings

    admin = make_user("admin", {"depot": Role.ADMIN})
    take_in([finding(payload={"x": 1e300, "y": 0.1, "z": '\\ " é \U0001f6a8'})])
    call_command("ledger_verify")
    client = Client()
    client.force_login(admin)
    path = tmp_path / "export.jsonl"
    path.write_bytes(body(client.post(JSONL)))
    done = subprocess.run(
        [sys.executable, settings.BASE_DIR / "docs" / "verify_ledger.py", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("url", [CSV, JSONL])
def test_a_large_export_streams_in_bounded_memory(big_console, url):
    big_console(20_000)
    auditor = make_user("auditeur", {"depot": Role.AUDITEUR})
    client = Client()
    client.force_login(auditor)
    response = client.post(url)
    tracemalloc.start()
    try:
        sizes = [len(chunk) for chunk in chunks(response)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(sizes) > 5_300_000
    assert max(sizes) < 1_000_000
    assert peak < 4_000_000


def test_who_loses_the_right_before_the_first_byte_gets_none(fresh_console):
    pca = make_user("pca", {"depot": Role.PCA})
    take_in([finding()])
    client = Client()
    client.force_login(pca)
    response = client.post(CSV)
    with acting_as_system("install"):
        SourceRole.objects.filter(user=pca).delete()
    from governance.core.web.http import RoleNotAllowed

    with pytest.raises(RoleNotAllowed):
        next(chunks(response))


def test_a_reader_who_goes_away_leaves_no_transaction_open(fresh_console):
    from django.db import connection

    pca = make_user("pca", {"depot": Role.PCA})
    take_in([finding()])
    client = Client()
    client.force_login(pca)
    response = client.post(CSV)
    next(chunks(response))
    response.close()
    assert not connection.in_atomic_block
