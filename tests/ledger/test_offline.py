"""The offline verifier: its Ed25519, its JSON, and how precisely it says what it proved."""

import json
import os
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.export import export_lines, sources_recorded
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.verification.checkpoints import Checkpoint
from governance.core.ledger.verification.keys import private_key_load
from tests.conftest import make_user
from tests.ledger.conftest import exported, run_verify
from tests.ledger.write import append

# RFC 8032, section 7.1: public key, message, signature
VECTORS = {
    "test 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    "test 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "test 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    "test sha(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
}


@pytest.mark.parametrize("vector", VECTORS)
def test_ed25519_agrees_with_rfc_8032(vector, verifier):
    key, message, signature = map(bytes.fromhex, VECTORS[vector])
    assert verifier.ed25519_is_signed(key, message, signature)
    assert not verifier.ed25519_is_signed(key, message + b"x", signature)


def test_ed25519_agrees_with_cryptography(verifier):
    generator = random.Random(8032)
    for _ in range(12):
        private = Ed25519PrivateKey.from_private_bytes(generator.randbytes(32))
        key = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        message = generator.randbytes(generator.randrange(200))
        signature = private.sign(message)
        assert verifier.ed25519_is_signed(key, message, signature)
        place = generator.randrange(64)
        wrong = bytearray(signature)
        wrong[place] ^= 1 << generator.randrange(8)
        assert not verifier.ed25519_is_signed(key, message, bytes(wrong))
        assert not verifier.ed25519_is_signed(os.urandom(32), message, signature)


def test_ed25519_refuses_a_second_spelling_of_a_signature(verifier):
    """S + the group's order satisfies the equation; RFC 8032 demands S below the order."""
    key, message, signature = map(bytes.fromhex, VECTORS["test 3"])
    s = int.from_bytes(signature[32:], "little") + verifier.ORDER
    assert not verifier.ed25519_is_signed(key, message, signature[:32] + s.to_bytes(32, "little"))
    for malformed in (b"", signature[:63], signature + b"\0"):
        assert not verifier.ed25519_is_signed(key, message, malformed)
    not_on_the_curve = (2).to_bytes(32, "little")
    assert not verifier.ed25519_is_signed(not_on_the_curve, message, signature)


def test_a_whole_chain_without_checkpoint_says_what_it_cannot_know(chain, auditor, offline):
    code, text = offline(exported(auditor))
    assert code == 0
    assert f"Chaîne continue de la n° 1 à la n° {chain} : rien n'y manque." in text
    assert "une chaîne entièrement recalculée ne se verrait pas" in text
    assert "NON PROUVÉ" not in text


def test_a_checkpoint_vouches_for_what_precedes_it(chain, signed, auditor, offline):
    code, text = offline(exported(auditor), *signed)
    assert code == 0
    assert f"Jalon n° {chain} : conforme. Elle et tout ce qui la précède" in text
    assert f"Après la n° {chain}, aucun jalon" in text


def test_two_checkpoints_of_one_number_that_differ_are_a_break(
    chain, signed, auditor, offline, settings, tmp_path
):
    key = private_key_load(Path(settings.LEDGER_SIGNING_KEY_FILE))
    fields = json.loads(Path(signed[1]).read_text())
    del fields["signature"], fields["public_key"]
    later, other = tmp_path / "later.json", tmp_path / "other.json"
    # The same chain signed a second time is no contradiction; another chain of that length is, also
    # when neither end is in the export.
    again = Checkpoint(**fields | {"at": "2026-01-01T00:00:00.000000Z"})
    later.write_text(again.signed_text(key))
    other.write_text(Checkpoint(**fields | {"hash": "ab" * 32}).signed_text(key))
    few = exported(auditor, seq__lt=chain)
    assert offline(few, *signed, "--checkpoint", str(later))[0] == 0
    code, text = offline(few, *signed, "--checkpoint", str(other))
    assert code == 1
    assert text.startswith("ROMPU")
    assert f"n° {chain}" in text
    assert "ab" * 32 in text
    assert run_verify(*signed, "--checkpoint", str(other))[0] == 1


def test_a_filtered_export_proves_less_and_says_so(chain, signed, auditor, offline):
    lines = exported(auditor, subject_id__in=["alert-3", "alert-4", "alert-9"])
    first = chain - 19
    code, text = offline(lines, *signed)
    assert code == 0
    assert "3 entrées lues" in text
    assert "1 liens vérifiés entre voisines" in text
    assert f"NON PROUVÉ : le lien par-dessus les numéros absents (1 à {first + 2}, " in text
    assert f"{first + 5} à {first + 8})" in text
    assert f"Jalon n° {chain} : NON PROUVÉ" in text
    # whoever demands the whole chain gets it or a fault
    code, text = offline(lines, *signed, "--whole")
    assert code == 1
    assert "entrée n° 1 : manque" in text


def test_what_row_security_hides_is_no_fault_but_not_proved_either(chain, offline):
    with acting_as_system("scan"):
        append({"source": "kolwezi"}, {"source": "depot"})
    narrow = make_user("etroite", {"depot": "auditeur"})
    lines = exported(narrow)
    assert json.loads(lines[0])["whole"] is False
    code, text = offline(lines)
    assert code == 0
    assert "Export partiel" in text


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda lines: lines[:-1], "le manifeste manque"),
        (lambda lines: [*lines[:-2], lines[-1]], "manifeste"),
        (lambda lines: [*lines, b"{}\n"], "après le manifeste"),
        # the same entry in other bytes
        (lambda lines: [line.replace(b'"seq" : 7,', b'"seq": 7,') for line in lines], "manifeste"),
        (lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]], "entrée n° 5 : manque"),
        (lambda lines: [*lines[:5], lines[4], *lines[5:]], "entrée n° 4 (ligne 6) : suit la n° 4"),
        (lambda lines: [*lines[:5], b"{}\n", *lines[5:]], "ligne 6 : illisible"),
        (lambda lines: [*lines[:5], b'{"a": 1, "a": 1}\n', *lines[5:]], "the same key twice"),
        (lambda lines: [*lines[:5], b"[" * 100_000 + b"\n", *lines[5:]], "ligne 6 : illisible"),
        (
            lambda lines: [line.replace(b'"step": 7}', b'"step": 7.0}') for line in lines],
            "correspondent pas",
        ),
        (
            lambda lines: [
                line.replace(b'"role" : "system"', b'"role" : "admin"') for line in lines
            ],
            "n° 1 ",
        ),
    ],
)
def test_a_damaged_file_is_named_with_its_place(damage, words, chain, auditor, offline):
    code, text = offline(damage(exported(auditor)))
    assert code == 1
    assert text.startswith("ROMPU")
    assert words in text


@pytest.mark.parametrize("content", [b"", b"\xff\n", b"[]\n", b'{"format": "other/1"}\n'])
def test_another_file_is_unusable_not_broken(content, offline, console):
    assert offline([content])[0] == 2


def test_unusable_keys_and_checkpoints(chain, signed, auditor, offline, tmp_path):
    lines, nonsense = exported(auditor), tmp_path / "nonsense"
    nonsense.write_text("{}")
    assert offline(lines, "--checkpoint", str(nonsense), *signed[2:])[0] == 2
    assert offline(lines, *signed[:2], "--public-key", str(nonsense))[0] == 2
    assert offline(lines, *signed[:2], "--public-key", str(tmp_path / "absent"))[0] == 2
    with pytest.raises(SystemExit):
        offline(lines, *signed[:2])


def test_two_exports_differ_in_the_header_only(chain, auditor):
    first, second = (exported(auditor, seq__lte=chain) for _ in range(2))
    assert first[1:] == second[1:]
    assert first[0] != second[0]
    header = json.loads(first[0])
    assert header["by"] == {"id": str(auditor.pk), "name": "auditrice"}
    assert header["selection"] == {"seq__lte": chain}


def test_an_export_reads_through_a_cursor_and_leaves_nothing_open(chain, auditor):
    lines = export_lines(
        entries=LedgerEntry.objects.all(), user_id=auditor.pk, user_name=auditor.username
    )
    assert next(lines).startswith(b'{"format"')
    next(lines)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE NOT is_holdable")
        assert cursor.fetchone() == (1,)
    lines.close()  # the reader's browser went away
    assert not connection.in_atomic_block


def test_an_export_finds_the_sources_without_reading_the_ledger(chain, auditor):
    with acting_as_system("scan"):
        append(*({"source": f"s{n % 3}"} for n in range(3000)))
        with connection.cursor() as cursor, CaptureQueriesContext(connection) as captured:
            assert sources_recorded() == {"console", "depot", "likasi", "s0", "s1", "s2"}
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + captured[0]["sql"])
            [[plan]] = cursor.fetchone()
    assert rows_read(plan["Plan"]) < 100


def rows_read(plan):
    own = plan.get("Actual Rows", 0) * plan.get("Actual Loops", 1)
    own += plan.get("Rows Removed by Filter", 0)
    return own + sum(rows_read(child) for child in plan.get("Plans", []))


@pytest.mark.parametrize(
    "text",
    [
        "null",
        ' {"a" : [1, -2.50, 1e300, true, false, null, "\\u00e9\\n\\"", {}, [], [[]], {"b": {}}]} ',
        '{"": 0, "é": "\u2028"}',
        "[" * 3 + "]" * 3,
    ],
)
def test_the_parser_for_depth_reads_as_the_other(text, verifier):
    value = verifier.parse_deep(text)
    assert value == verifier.parse(text)
    assert verifier.canonical(value) == verifier.canonical(verifier.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "{",
        '{"a"',
        '{"a":',
        '{"a":1,}',
        "{1:2}",
        "[}",
        "{]",
        "1 2",
        "01",
        "NaN",
        "nul",
        '{"a":1,"a":2}',
        '["\n"]',
        "[1 2]",
        '"a',
    ],
)
def test_the_parser_for_depth_refuses_what_is_no_json(text, verifier):
    with pytest.raises(ValueError):
        verifier.parse_deep(text)


def test_any_depth_is_read_and_written_as_it_was(verifier):
    text = '{"v": [' * 20_000 + '1e4300, "x"' + "]}" * 20_000
    assert verifier.canonical(verifier.parse(text)) == text
