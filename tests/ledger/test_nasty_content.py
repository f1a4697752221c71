"""What is hashed does not depend on who reads it, where, with which settings, or on what it says."""

import json

import pytest
from django.db import connection

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.ledger.models import LedgerEntry
from tests.conftest import make_user
from tests.ledger.conftest import exported, run_verify
from tests.ledger.write import DRAFT, append, append_text

TEXTS = [
    "une barre \\ deux \\\\ et \\n qui n'en est pas un",
    "des \"guillemets\", 'apostrophes' et « chevrons »",
    "\\u0000 échappé, car PostgreSQL ne garde pas de NUL",
    "contrôles \x01\x1f\x7f\t\r\n\b\f",
    "🛢️ citerne, é composé e\u0301, \u2028 séparateur, \u202e droite à gauche, 𝄞",
    "</script><!-- %s %(x)s {0} $$ ; --",
    "",
]
NUMBERS = "[0.1, 1e300, -0.0, 1.50, 100000000000000000000001, 1e-7, -1E+2, 0, 3.14159265358979]"
DEEP = '{"b": {"aa": [1, {"z": null}], "": true}, "a": [], "é": {}, "aa": false, "\\"": "\\\\"}'


@pytest.fixture
def nasty(console, auditor):
    """Entries that say all of the above in every field, written by a person deleted since."""
    author = make_user("partie", {"depot": "directeur"})
    with acting_as_user(author.pk):
        append(*({"after": {text: [text]}, "before": {"text": text}} for text in TEXTS))
        append(*({"subject_id": text, "action": text, "check_code": text} for text in TEXTS))
        for raw in (NUMBERS, DEEP):
            append_text(f'[{json.dumps(DRAFT)[:-1]}, "after": {raw}}}]')
    with acting_as_system("install"):
        User.objects.get(pk=author.pk).delete()
    return author


SESSIONS = [
    {"TimeZone": "UTC"},
    {"TimeZone": "Africa/Lubumbashi", "DateStyle": "German, DMY"},
    {"TimeZone": "Asia/Kathmandu", "IntervalStyle": "iso_8601", "lc_numeric": "C.UTF-8"},
    {"TimeZone": "America/St_Johns", "extra_float_digits": "-15", "bytea_output": "escape"},
    {
        "TimeZone": "Pacific/Kiritimati",
        "standard_conforming_strings": "off",
        "client_encoding": "LATIN1",
    },
]


@pytest.mark.parametrize("session", SESSIONS, ids=lambda s: s["TimeZone"])
def test_a_chain_verifies_in_any_session(session, nasty):
    with acting_as_system("test"), connection.cursor() as cursor:
        for name, value in session.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        cursor.execute("SELECT first_bad FROM ledger_check()")
        assert cursor.fetchone() == (None,)


def test_the_offline_verifier_computes_the_same_hashes(nasty, auditor, offline):
    lines = exported(auditor)
    code, text = offline(lines)
    assert code == 0, text
    assert "Chaîne continue de la n° 1" in text
    with acting_as_system("test"):
        assert len(lines) - 2 == LedgerEntry.objects.count()


def test_numbers_leave_as_they_came(nasty, auditor):
    [line] = [line for line in exported(auditor) if b"3.14159265358979" in line]
    after = line.split(b'"after" : ')[1].split(b', "prev_hash"')[0].decode()
    expanded = "1" + "0" * 300
    assert after == (
        f"[0.1, {expanded}, 0.0, 1.50, 100000000000000000000001, 0.0000001, -100, 0, 3.14159265358979]"
    )


def test_an_export_is_the_same_in_any_session(nasty, auditor):
    usual = exported(auditor)[1:]
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'Asia/Kathmandu'; SET DateStyle = 'German, DMY'")
        cursor.execute("SET bytea_output = 'escape'; SET extra_float_digits = -15")
    assert exported(auditor)[1:] == usual


def test_a_deleted_person_is_still_named(nasty, auditor):
    with acting_as_user(auditor.pk):
        [gone] = LedgerEntry.objects.filter(action="user.delete", subject_id=str(nasty.pk))
        assert (gone.before or {})["username"] == "partie"
        written = LedgerEntry.objects.filter(actor=str(nasty.pk)).values_list("role", flat=True)
        assert set(written) == {"directeur"}
        assert len(written) == 2 * len(TEXTS) + 2
    assert run_verify()[0] == 0
