"""The page of the audit: the picture, what could not be known, and the signature under it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.access.models import RowSecurityAudit, RowSecurityBaseline
from governance.access.row_security.baseline import audit_keep, blindness_keep
from governance.access.row_security.findings import LEAK, Finding, Report, Unknown
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.models import LedgerEntry
from tests.pages.dom import elements

pytestmark = pytest.mark.django_db
URL = "/governance/access/row-security"


def report(state: str = "leak", tables: int = 1) -> Report:
    matrix = {
        f"app.notes_{table}|{role}|{verb}": "refused"
        for table in range(tables)
        for role in ("anon", "authenticated")
        for verb in ("SELECT", "INSERT", "UPDATE", "DELETE")
    }
    matrix["app.notes_0|authenticated|SELECT"] = state
    matrix["app.notes_0|authenticated|INSERT"] = "unknown"
    found = Finding(
        LEAK, "app.notes_0", "", "authenticated", "none", "SELECT", 2, "BEGIN;\nROLLBACK;"
    )
    return Report(
        findings=[found] if state == "leak" else [],
        unknowns=[Unknown("app.notes_0", "une extension manque", "authenticated", "INSERT")],
        matrix=matrix,
        roles=["anon", "authenticated"],
    )


def cells(page) -> dict[str, str]:
    return {one["data-cell"]: one["data-state"] for one in elements(page, "data-cell")}


def test_never_audited_is_unknown(as_) -> None:
    page = as_("admin").get(URL).content.decode()
    assert "INCONNU : cette source n’a jamais été examinée" in page
    assert "rls_audit" in page


def test_the_picture_says_each_state_in_words(as_) -> None:
    audit_keep(source="depot", report=report())
    page = as_("admin").get(URL)
    text = page.content.decode()
    assert cells(page) == {
        "app.notes_0|authenticated|SELECT": "leak",
        "app.notes_0|authenticated|INSERT": "unknown",
        "app.notes_0|authenticated|UPDATE": "refused",
        "app.notes_0|authenticated|DELETE": "refused",
    }
    for words in (
        "FUITE",
        "INCONNU",
        "tout refusé",
        "sans identité",
        "une extension manque",
        "ROLLBACK;",
    ):
        assert words in text
    blindness_keep(source="depot", reason="elle ne répond pas")
    text = as_("admin").get(URL).content.decode()
    assert "INCONNU : le dernier examen n’a pas pu se faire" in text
    assert "FUITE" in text  # what was found before stays


def test_approving_is_signed_and_later_audits_are_compared(as_, people) -> None:
    kept = audit_keep(source="depot", report=report("own"))
    body = {"source": "depot", "audit": str(kept.pk), "note": "vu avec le DBA"}
    refused = as_("admin").post(f"{URL}/approve", body | {"note": ""})
    assert (refused.status_code, "note_error" in refused.content.decode()) == (422, True)
    assert as_("admin").post(f"{URL}/approve", body).status_code == 303
    with acting_as_system("rls_audit"):
        signed = RowSecurityBaseline.objects.get()
        assert (signed.approved_by, signed.audit_id) == (people["admin"].pk, kept.pk)
        entry = LedgerEntry.objects.get(action="row_security.approve")
        assert (entry.actor, entry.source) == (str(people["admin"].pk), "depot")
    assert "Approuver ce résultat" not in as_("admin").get(URL).content.decode()
    later = audit_keep(source="depot", report=report("leak"))
    assert [
        (one["code"], one["detail"]) for one in later.findings if one["code"] == "RLS_DRIFT"
    ] == [("RLS_DRIFT", "own → leak")]
    assert "1 case a changé depuis" in as_("admin").get(URL).content.decode()


def test_who_may(as_) -> None:
    kept = audit_keep(source="depot", report=report())
    for who in ("directeur", "pca", "gerant", "auditeur", "ailleurs"):
        assert as_(who).get(URL).status_code == 403
    assert as_("admin").get(f"{URL}?source=autre").status_code == 404
    body = {"source": "autre", "audit": str(kept.pk), "note": "n"}
    assert as_("admin").post(f"{URL}/approve", body).status_code == 404
    with acting_as_system("rls_audit"):
        assert RowSecurityAudit.objects.count() == 1
        assert not RowSecurityBaseline.objects.exists()


def test_the_number_of_queries_does_not_grow(as_) -> None:
    client = as_("admin")
    counted = []
    for tables in (1, 5):
        audit_keep(source="depot", report=report(tables=tables))
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counted.append(len(queries))
    assert counted[0] == counted[1]
