"""The auditor's day: look up, look back, take away, verify without believing the console; change nothing."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.core.ledger.verification.signing import checkpoint_create
from governance.env import BASE_DIR
from tests.browser.conftest import sign_in
from tests.browser.month import evening, period
from tests.browser.site import Site
from tests.browser.ways import LIST, in_english
from tests.ledger.backdate import ledger_backdate, triggers_switch

HISTORY = "/governance/history"
LEDGER = "/governance/ledger"
ENTRIES = ".entry[data-entry]"


@pytest.fixture
def month(served: Site) -> Site:
    served.show("month")
    return served


def flat(text: str) -> str:
    return " ".join(text.split())


def recorded(site: Site, query: str, *values: object) -> list[tuple[Any, ...]]:
    with site.superuser() as connection:
        return connection.execute(query, values).fetchall()


def verified(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the verifier as the help says: the one file, a bare Python, on a machine of one's own."""
    shutil.copy(BASE_DIR / "docs" / "verify_ledger.py", folder)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify_ledger.py", *arguments],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def taken_away(page: Page, folder: Path, name: str = "Vérificateur (JSON)") -> Path:
    """Press the button, keep the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    target = folder / "export.jsonl"
    download.value.save_as(target)
    return target


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_history_is_narrowed_down_to_one_deed(month, opens, language):
    page = opens()
    sign_in(page, "auditeur")
    page.wait_for_url("**/governance")
    if language == "en":
        in_english(page)
        page.goto("/governance")
    page.locator(f".nav a[href='{HISTORY}']").click()
    everything = page.locator(ENTRIES).count()
    asked = period()
    page.locator("#f-from").fill(asked.first.isoformat())
    page.locator("#f-to").fill(asked.last.isoformat())
    page.locator("[name=actor]").select_option(label="directeur")
    page.locator("[name=action]").select_option("alert.resolve")
    page.locator(".history-filters .btn-primary").click()
    entry = page.locator(ENTRIES)
    expect(entry).to_have_count(1)
    assert everything > 1
    expect(entry).to_have_attribute("data-entry", "alert.resolve")
    said = {"fr": "directeur a résolu", "en": "directeur resolved"}[language]
    expect(entry.locator("h3")).to_contain_text(said)
    entry.locator("summary").click()
    hash_shown = entry.locator("details code").last.inner_text()
    found = recorded(
        month,
        "SELECT encode(hash, 'hex') FROM ledger_entry WHERE seq = %s",
        int(entry.get_attribute("data-seq") or 0),
    )
    assert found == [(hash_shown,)]
    shared = page.url
    page.locator(".chips a").last.click()  # all filters away
    assert page.locator(ENTRIES).count() > 1
    page.goto(shared)  # the address holds the question
    expect(entry).to_have_count(1)
    entry.locator("h3 a").click()
    expect(page.locator("article")).to_have_attribute("data-status", "RESOLVED")


def test_an_alert_as_it_was_before_somebody_acted(month, opens):
    """Acknowledged on the page of today, open on the page of the hour before."""
    [(alert, at)] = recorded(
        month, "SELECT subject_id, at FROM ledger_entry WHERE action = 'alert.ack'"
    )
    before = timezone.localtime(at) - timedelta(hours=1)
    page = opens("auditeur")
    page.goto(LIST)
    row = page.locator(f"[data-alert-id='{alert}']")
    expect(row).to_have_attribute("data-status", "ACK")
    page.goto(HISTORY)
    page.locator("summary", has_text="Revoir l’écran").click()
    page.locator("#f-alors").fill(f"{before:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Revoir").click()
    page.wait_for_url("**/governance/integrity?as_of=*")
    expect(page.locator("[data-as-of]")).to_contain_text("reconstruit à partir du registre")
    expect(row).to_have_attribute("data-status", "OPEN")
    expect(page.locator("[data-action], [name=selected]")).to_have_count(0)
    row.locator("h2 a").click()
    timeline = page.locator("section[aria-labelledby=historique]")
    expect(timeline).to_contain_text(re.compile(r"Acquittement\s+directeur"))
    page.goto(f"{LIST}?as_of={(period().first - timedelta(days=40)).isoformat()}")
    expect(page.locator(".past")).to_contain_text("on ne sait rien de ce qui était alors")
    expect(page.locator("[data-alert-id]")).to_have_count(0)


def test_the_whole_ledger_is_verified_without_the_console(month, opens, tmp_path):
    page = opens("auditeur")
    page.goto(LEDGER)
    export = taken_away(page, tmp_path, "Télécharger")
    code, said = verified(tmp_path, export.name)
    count = len(export.read_bytes().splitlines()) - 2  # header and manifest
    assert (code, f"{count} entrées lues" in said) == (0, True), said
    last = recorded(month, "SELECT action, after ->> 'last_seq' FROM ledger_entry ORDER BY seq")[-1]
    assert last[0] == "export.jsonl"  # the export itself is on record

    # One word of one note changed: named by its number.
    lines = export.read_text("utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if "alert.resolve" in line)
    seq = json.loads(lines[place])["seq"]
    lines[place] = lines[place].replace("retrouvé", "égaré").replace("réparation", "panne")
    (tmp_path / "faux.jsonl").write_text("".join(lines), "utf-8")
    code, said = verified(tmp_path, "faux.jsonl")
    assert code == 1, said
    assert "ROMPU" in said
    assert re.search(rf"\b{seq}\b", said), said

    # One entry left out; the file cut short.
    without = [line for n, line in enumerate(lines) if n != place]
    (tmp_path / "faux.jsonl").write_text("".join(without), "utf-8")
    assert verified(tmp_path, "faux.jsonl")[0] == 1
    (tmp_path / "faux.jsonl").write_bytes(export.read_bytes()[:-200])
    assert verified(tmp_path, "faux.jsonl")[0] in (1, 2)


def test_a_chain_that_was_recomputed_is_seen_by_the_checkpoint(month, opens, tmp_path):
    """What nobody can see without it: every hash fits, and yet it is not what was signed."""
    key = Ed25519PrivateKey.generate()
    (tmp_path / "point.json").write_text(month.call(lambda: checkpoint_create(key=key)))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "cle.pem").write_bytes(public)
    signed = ("--checkpoint", "point.json", "--public-key", "cle.pem")
    page = opens("auditeur")
    page.goto(LEDGER)
    export = taken_away(page, tmp_path, "Télécharger")
    code, said = verified(tmp_path, export.name, *signed)
    assert code == 0, said
    assert "conforme" in said

    with month.superuser() as connection:  # the owner of the machine at work
        ledger_backdate(connection, last=evening() - timedelta(minutes=1))
    page.reload()
    export = taken_away(page, tmp_path, "Télécharger")
    assert verified(tmp_path, export.name)[0] == 0
    code, said = verified(tmp_path, export.name, *signed)
    assert code == 1, said
    assert "ROMPU" in said


def test_a_selection_as_a_sheet_carries_its_sum(month, opens, tmp_path):
    page = opens("auditeur")
    page.goto(f"{HISTORY}?from={period().first}&to={period().last}&actor=&action=alert.resolve")
    page.locator("summary", has_text="Emporter").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Tableur (CSV)").click()
    target = tmp_path / "historique.csv"
    download.value.save_as(target)
    text = target.read_bytes().partition(b"\r\n\r\n")[2]  # as docs/exports.md says
    sum_found = re.search(rb'"SHA-256";"([0-9a-f]{64})"', text)
    assert sum_found
    own = hashlib.sha256(text[: text.rindex(b'"SHA-256"')]).hexdigest()
    assert own.encode() == sum_found[1]
    assert text.count(b"solution") >= 2


def test_a_broken_ledger_is_named_and_everybody_reads_it(month, opens):
    page = opens("auditeur")
    page.goto(LEDGER)
    page.get_by_role("button", name="Vérifier le registre").click()
    expect(page.locator("[data-ledger=whole]")).to_contain_text("par auditeur")
    with month.superuser() as connection:
        triggers_switch(connection, "DISABLE")
        connection.execute(
            'UPDATE ledger_entry SET after = after || \'{"resolution_note": "Rien."}\''
            " WHERE seq = (SELECT min(seq) FROM ledger_entry WHERE action = 'alert.resolve')"
        )
        triggers_switch(connection, "ENABLE ALWAYS")
    [(bad,)] = recorded(month, "SELECT min(seq) FROM ledger_entry WHERE action = 'alert.resolve'")
    page.get_by_role("button", name="Vérifier le registre").click()
    expect(page.locator("[data-ledger=broken]")).to_contain_text(f"ROMPU à l’entrée n°\u00a0{bad}")
    page.goto("/governance")
    expect(page.locator(".answers")).to_contain_text("registre ROMPU")
    other = opens("directeur")  # who did not ask reads it all the same
    other.goto("/governance")
    expect(other.locator(".answers")).to_contain_text("registre ROMPU")


LOOKED_AT = ["/governance", LIST, HISTORY, LEDGER, "/governance/rapport", "/governance/scans"]
LOOKED_AT += ["/governance/rules", "/governance/delegations", "/governance/schedule"]
FORBIDDEN = {
    "/ack": {"version": "1"},
    "/reopen": {"version": "1", "note": "n"},
    "/resolve": {"version": "1", "note": "n", "cause": "AUTRE", "decision": "CORRIGE"},
    "/assign": {"version": "1", "assignee": ""},
    "/comment": {"body": "Vu."},
}


def test_nothing_can_be_changed(month, opens):
    """No page offers a deed, and what is sent by hand is refused without a trace."""
    page = opens("auditeur")
    # Exports and a kept report are entered in the ledger and change nothing; the rest is the reader's own.
    harmless = (
        *("/verify", "/live", "/language", "/logout", "/lang", "/aide", "/theme"),
        *("/export.csv", "/export.jsonl", "/density", "/looked", "/rapport/keep"),
    )
    for address in LOOKED_AT:
        page.goto(address)
        expect(page.locator("[data-action], [name=selected]")).to_have_count(0)
        sent = page.locator("main form[method=post]").evaluate_all(
            "all => all.map((one) => new URL(one.action).pathname)"
        )
        # A form without an address of its own is that of the rows' buttons, of which there is none.
        actions = [one for one in sent if not one.endswith(harmless) and one != address]
        assert actions == [], address
    page.goto(LIST)
    page.locator("[data-alert-id] h2 a").first.click()
    expect(page.locator("article[data-alert-id]")).to_be_visible()
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    before = recorded(month, "SELECT seq, hash FROM ledger_head")
    sent_by_hand = {f"{page.url}{name}": form for name, form in FORBIDDEN.items()}
    sent_by_hand[f"{month.url}{LIST}/bulk"] = {
        "action": "ack",
        "selected": f"{page.url.rsplit('/', 1)[1]}:1",
    }
    sent_by_hand[f"{month.url}/governance/delegations/lend"] = {
        "to": "x:depot",
        "until": "2027-01-01",
    }
    for address, form in sent_by_hand.items():
        answer = page.request.post(
            address,
            form={"csrfmiddlewaretoken": token, **form},
            headers={"Referer": page.url},
        )
        assert answer.status == 403, address
        assert "rien n’a été enregistré" in flat(answer.text()).lower(), address
    assert recorded(month, "SELECT seq, hash FROM ledger_head") == before
