"""A kept audit that shows every state of a cell, for pages."""

from governance.access.row_security.baseline import audit_keep
from governance.access.row_security.findings import LEAK, Finding, Report, Unknown
from governance.access.row_security.schema import VERBS

ROLES = ["anon", "authenticated", "public"]
STATEMENT = """BEGIN;
SELECT pg_catalog.set_config('request.jwt.claims', '{"role": "authenticated"}', true);
SET LOCAL ROLE "authenticated";
SELECT count(*) FROM "public"."bons_de_livraison_detailles";
ROLLBACK;"""


def audited() -> None:
    """An audit of `depot` with a leak, an unknown, a finding of the text and one that is excused."""
    tables = ["bons_de_livraison_detailles", "clients", "factures", "journal", "messages"]
    matrix = {
        f"public.{table}|{role}|{verb}": "own"
        if role == "authenticated" and table in ("clients", "factures")
        else "refused"
        for table in tables
        for role in ROLES
        for verb in VERBS
    }
    matrix |= {
        "public.bons_de_livraison_detailles|authenticated|SELECT": "leak",
        "public.bons_de_livraison_detailles|anon|SELECT": "leak",
        "public.messages|authenticated|UPDATE": "unknown",
    }
    found = [
        Finding(LEAK, "public.bons_de_livraison_detailles", "", role, who, "SELECT", 2, STATEMENT)
        for role in ("anon", "authenticated")
        for who in ("none", "tenant A")
    ]
    found += [
        Finding("RLS_NO_POLICY", "public.journal", "authenticated SELECT"),
        Finding(
            "RLS_PUBLIC_POLICY", "public.clients.lecture", "TO PUBLIC", excused="Base d’essai."
        ),
    ]
    reason = 'type "extensions.geometry" does not exist'
    audit_keep(
        source="depot",
        report=Report(
            findings=found,
            unknowns=[Unknown("public.messages", reason, "authenticated", "UPDATE")],
            matrix=matrix,
            roles=ROLES,
        ),
    )
