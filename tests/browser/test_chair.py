"""The chair's two minutes on a phone: from the sentence to the proof, then the report for the board."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from governance.core.web.templatetags.ui import in_words
from tests.browser.month import REPAIRED, TOLERATED, period
from tests.browser.site import Site
from tests.browser.ways import LIST, in_english

PHONE: dict[str, Any] = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}
REPORT = "/governance/rapport"
WORDS: dict[str, dict[str, Any]] = {
    "fr": {
        "said": r"2 critiques et 8 avertissements, la plus ancienne critique depuis \d+ j",
        "asked": [
            "Oui",
            "Sortie supérieure au stock",
            "La plus ancienne critique",
            "personne",
            "12 règles prouvées",
        ],
        "alerts": "Voir les alertes",
        "version": "Version de la règle",
        "rule": "La règle et sa preuve",
        "proved": "Prouvée",
        "scan": "Le contrôle",
        "hash": "Empreinte de la vue",
        "report": "Rapport",
        "parts": [
            "À la fin de la période",
            "Ce qui s’est passé",
            "En combien de temps",
            "Risques ouverts",
            "Risques acceptés ou en litige",
            "Qui a agi",
            "Couverture",
            "Preuve",
        ],
        "left": "2 critiques et 8 avertissements encore à résoudre, 1 risque accepté ou en litige.",
        "coverage": "12 règles prouvées sur 12.",
        "whole": "Registre vérifié intact",
    },
    "en": {
        "said": r"2 critical and 8 warnings, the oldest critical one open for \d+ d",
        "asked": ["Yes", "×", "The oldest critical one", "nobody", "12 rules proved"],
        "alerts": "See the alerts",
        "version": "Version of the rule",
        "rule": "The rule and its proof",
        "proved": "Proved",
        "scan": "The scan",
        "hash": "Hash of the view",
        "report": "Report",
        "parts": [
            "At the end of the period",
            "What happened",
            "How long it took",
            "Open risks",
            "Accepted or disputed risks",
            "Who acted",
            "Coverage",
        ],
        "left": "2 critical and 8 warnings",
        "coverage": "12 rules",
        "whole": "Ledger verified whole",
    },
}


@pytest.fixture
def month(served: Site) -> Site:
    """A month that is over, with decisions in it."""
    served.show("month")
    return served


def flat(text: str) -> str:
    """As a person reads it: one space is like another."""
    return " ".join(text.split())


def menu_to(page: Page, label: str) -> None:
    page.locator(".nav-open").tap()
    page.locator(".nav").get_by_role("link", name=label, exact=True).tap()


def actions_of(site: Site, name: str) -> list[str]:
    with site.superuser() as connection:
        found = connection.execute(
            "SELECT l.action FROM ledger_entry l JOIN governance_user u"
            " ON u.id::text IN (l.actor, l.after ->> 'asked_by')"
            " WHERE u.username = %s ORDER BY seq",
            [name],
        )
        return [action for (action,) in found.fetchall()]


@pytest.mark.parametrize("language", WORDS)
def test_from_the_sentence_to_the_proof(month, opens, language):
    words = WORDS[language]
    page = opens("pca", **PHONE)
    if language == "en":
        in_english(page)
    page.goto("/governance")
    said = page.locator(".verdict .said")
    assert re.match(words["said"], flat(said.inner_text())), said.inner_text()
    answers = page.locator(".answers dd").all()
    assert len(answers) == 5
    for answer, word in zip(answers, words["asked"], strict=True):
        expect(answer).to_contain_text(word)

    page.get_by_role("link", name=words["alerts"]).tap()
    worst = page.locator("[data-alert-id]").first
    expect(worst).to_have_attribute("data-severity", "CRITICAL")
    named = flat(worst.locator("h2").inner_text())
    worst.locator("h2 a").tap()
    expect(page.locator("h1")).to_have_text(named)

    origin = page.locator("section[aria-labelledby=origine]")
    expect(origin).to_contain_text(words["version"])
    code = page.locator("article").get_attribute("data-check-code")
    origin.get_by_role("link", name=words["rule"]).tap()
    rule = page.locator("article")
    expect(rule).to_have_attribute("data-rule", code or "")
    expect(rule.locator("[data-verdict]").first).to_have_text(words["proved"])
    page.go_back()
    origin.get_by_role("link", name=words["scan"]).tap()
    scan = page.locator("article")
    expect(scan).to_have_attribute("data-outcome", "COMPLETE")
    expect(scan.locator(f"[data-check-code={code}]")).to_be_visible()
    hash_of_view = scan.locator("dl div", has_text=words["hash"]).locator("dd")
    assert re.search(r"[0-9a-f]{64}", hash_of_view.inner_text())


@pytest.mark.parametrize("language", WORDS)
def test_the_report_for_the_board(month, opens, language):
    words = WORDS[language]
    page = opens("pca", **PHONE)
    if language == "en":
        in_english(page)
    page.goto("/governance")
    menu_to(page, words["report"])
    asked = period()
    page.locator("#from").fill(asked.first.isoformat())
    page.locator("#to").fill(asked.last.isoformat())
    page.locator(".period [type=submit]").tap()
    page.wait_for_url(f"**{REPORT}?from={asked.first}&to={asked.last}")
    report = page.locator("#rapport")
    text = flat(report.inner_text())
    for part in words["parts"]:
        assert part in text
    if language == "fr":
        title = flat(page.locator("h1").inner_text())
        assert title == f"Du {in_words(asked.first)} au {in_words(asked.last)}"
        assert title.startswith("Du 1er ")
    assert words["left"] in text
    assert words["coverage"] in text
    assert words["whole"] in text
    assert TOLERATED in text
    assert REPAIRED not in text  # it is no risk any more
    with month.superuser() as connection:
        found = connection.execute(
            "SELECT seq, encode(hash, 'hex') FROM ledger_entry WHERE at <= %s ORDER BY seq DESC LIMIT 1",
            [asked.until],
        ).fetchone()
    assert found is not None
    assert found[1] in text
    risk = report.locator("section[aria-labelledby=r-risques] tbody a").first
    named = flat(risk.inner_text())
    risk.tap()
    expect(page.locator("h1")).to_have_text(named)


def test_on_paper_the_report_says_the_same(month, opens):
    page = opens("pca")
    page.goto(REPORT)
    report = page.locator("#rapport")
    words = flat(report.inner_text())
    page.emulate_media(media="print")
    controls = page.locator(":is(button, input, select, textarea, nav a, .btn):visible")
    assert [one.evaluate("(one) => one.outerHTML.slice(0, 120)") for one in controls.all()] == []
    assert flat(report.inner_text()) == words
    expect(page.locator(".digest code")).to_be_visible()
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 1 < pages < 6
    # Nothing hangs over the sheet's edge: 210 mm less two margins of 14 mm, at 96 pixels an inch.
    page.set_viewport_size({"width": 688, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 688


def test_the_same_period_is_the_same_to_the_byte(month, opens):
    page = opens("pca")

    def fetched() -> tuple[str, str]:
        body = page.request.get(f"{REPORT}?from={period().first}&to={period().last}").text()
        report = re.search(r'id="rapport">(.*)</article>', body, re.DOTALL)
        digest = re.search(r"[0-9a-f]{64}", body[body.index('class="digest"') :])
        assert report
        assert digest
        return report[1], digest[0]

    first = fetched()
    # Time goes on: a director acts, and a scan sees what is in the depot today.
    other = opens("directeur")
    other.goto(LIST)
    other.locator("[data-action=ack]").first.click()
    other.locator("[data-alert-id][data-status=ACK]").first.wait_for()
    month.scan()
    assert fetched() == first
    page.goto(f"{REPORT}?from={period().first}&to={period().last}")
    hashed = page.evaluate(
        """async () => {
          const body = await (await fetch(location.href)).text();
          const report = body.split('id="rapport">')[1].split("</article>")[0];
          const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(report));
          return [...new Uint8Array(sum)].map((one) => one.toString(16).padStart(2, "0")).join("");
        }"""
    )
    assert hashed == first[1]


FORBIDDEN = {
    "ack": {"version": "1"},
    "resolve": {"version": "1", "note": "n", "cause": "AUTRE", "decision": "CORRIGE"},
    "assign": {"version": "1", "assignee": ""},
    "comment": {"body": "Vu."},
}


def test_what_she_may_not_do_is_not_offered_and_is_refused(month, opens, expect_complaint):
    page = opens("pca", **PHONE)
    page.goto(LIST)
    expect(page.locator("[data-alert-id]").first).to_be_visible()
    expect(page.locator("[data-action], [name=selected]")).to_have_count(0)
    page.locator("[data-alert-id] h2 a").first.tap()
    expect(page.locator("article[data-alert-id]")).to_be_visible()
    offered = page.locator("main form").evaluate_all("all => all.map((one) => one.action)")
    assert all("/verify" in one for one in offered), offered  # a look, not a deed
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    before = actions_of(month, "pca")
    for name, form in FORBIDDEN.items():
        answer = page.request.post(
            f"{page.url}/{name}",
            form={"csrfmiddlewaretoken": token, **form},
            headers={"Referer": page.url},
        )
        assert answer.status == 403, name
        assert "rien n’a été enregistré" in flat(answer.text()).lower(), name
    assert actions_of(month, "pca") == before
    with month.superuser() as connection:
        status = connection.execute(
            "SELECT status FROM system_alerts WHERE id = %s", [page.url.rsplit("/", 1)[1]]
        ).fetchone()
    assert status is not None
    page.goto("/governance/access")
    expect(page.locator(".refusal")).to_be_visible()
    page.locator("main a").first.tap()  # and there is a way back
    expect(page.locator("h1")).to_be_visible()
    expect_complaint(page, "403")


def test_her_verification_is_in_the_ledger(month, opens):
    """The one thing that she may do: ask whether the record is whole."""
    page = opens("pca", **PHONE)
    page.goto("/governance")
    page.locator(".answers a[href*=ledger]").tap()
    page.get_by_role("button", name="Vérifier le registre").tap()
    expect(page.locator("[data-ledger=whole]")).to_contain_text("par pca")
    assert actions_of(month, "pca") == ["ledger.verify"]


def test_the_button_prints(month, opens):
    page = opens("pca", **PHONE)
    page.goto("/governance/rapport")
    page.evaluate("window.print = () => { document.title = 'imprimé' }")
    page.get_by_role("button", name="Imprimer").tap()
    expect(page).to_have_title("imprimé")
