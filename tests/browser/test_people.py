"""A person's life on the console: invited, coming in, second factors, a device never seen, and leaving."""

import re

import pytest
from playwright.sync_api import Page, expect

from governance.core.identity import demonstration
from tests.browser.conftest import sign_in
from tests.browser.ways import LIST, row_of
from tests.people.test_factors import code

PASSWORD = "sept camions verts"  # of a test


def menu(page: Page, name: str) -> None:
    page.goto("/governance")
    page.locator("[data-menu] summary").click()
    page.locator("[data-menu]").get_by_text(name, exact=True).click()


def invite(page: Page, name: str) -> str:
    page.goto("/governance/people")
    page.get_by_role("link", name="Inviter une personne").click()
    page.locator("[name=username]").fill(name)
    page.locator("[name=last_name]").fill("Gérante de nuit")
    page.get_by_role("button", name="Inviter").click()
    return str(page.locator("[data-link-once] code").text_content())


def activate_codes(page: Page, password: str) -> tuple[str, list[str]]:
    """The secret of the application, and the recovery codes."""
    menu(page, "Double authentification")
    page.get_by_role("link", name="Activer l’application").click()
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Confirmer").click()
    secret = str(page.locator("[data-secret]").text_content())
    expect(page.locator(".qr svg")).to_be_visible()
    page.locator("[name=code]").fill(code(secret, step=-1))
    page.get_by_role("button", name="Activer").click()
    return secret, str(page.locator("[data-recovery-codes]").text_content()).split()


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, False)])
def test_invited_first_sign_in_codes_and_a_recovery_code_once(site, opens, width, script):
    link = invite(opens("admin", width=width, java_script_enabled=script), "nuit")
    page = opens(width=width, java_script_enabled=script)
    page.goto(link)
    page.locator("[name=new_password1]").fill(PASSWORD)
    page.locator("[name=new_password2]").fill(PASSWORD)
    page.get_by_role("button", name="Choisir ce mot de passe").click()
    page.wait_for_url("**/governance")
    secret, codes = activate_codes(page, PASSWORD)
    for answer, is_good in ((code(secret), True), (codes[0], True), (codes[0], False)):
        menu(page, "Se déconnecter")
        sign_in(page, "nuit", PASSWORD)
        expect(page.get_by_role("heading", level=1)).to_have_text("Double authentification")
        page.locator("[name=code]").fill(answer)
        page.get_by_role("button", name="Se connecter").click()
        if is_good:
            page.wait_for_url("**/governance")
    expect(page.locator(".error")).to_have_text("Ce code n’est pas le bon, ou il a déjà servi.")


def test_a_passkey_is_added_and_lets_in_without_a_password(site, browser):
    context = browser.new_context(base_url=f"http://localhost:{site.port}", locale="fr-FR")
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, "gerant")
    page.wait_for_url("**/governance")
    menu(page, "Double authentification")
    page.get_by_role("link", name="Ajouter une clé").click()
    page.locator("[name=password]").fill(demonstration.PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.locator("[name=passwordless]").check()
    page.get_by_role("button", name="Ajouter une clé").click()
    expect(page.locator("[data-recovery-codes]")).to_be_visible()
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Renommer").click()
    page.get_by_label("Nom de la clé").fill("Téléphone")
    page.get_by_role("button", name="Renommer").click()
    expect(page.get_by_text("Téléphone")).to_be_visible()
    menu(page, "Se déconnecter")
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()
    page.wait_for_url("**/governance")
    menu(page, "Se déconnecter")
    sign_in(page, "gerant")  # and as the second factor after a password
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url("**/governance")
    context.close()


def test_a_device_never_seen_is_told_and_disowned(site, opens):
    owner = opens(width=390)
    owner.goto("/accounts/login/")
    owner.locator("[name=language][value=en]").click()
    owner.locator("[name=login]").fill("pca")
    owner.locator("[name=password]").fill(demonstration.PASSWORD)
    owner.get_by_role("button", name="Sign in", exact=True).click()
    owner.goto("/accounts/sessions/")  # the demonstration says it there alone
    owner.get_by_role("button", name="It was me", exact=True).click()
    expect(owner.locator("[data-device]")).to_have_count(1)
    stranger = opens()
    sign_in(stranger, "pca")
    stranger.wait_for_url("**/governance")
    owner.goto("/governance")
    expect(owner.locator("[data-device-notice]")).to_have_count(0)
    owner.goto("/accounts/sessions/")
    expect(owner.locator("[data-device-notice]")).to_contain_text("never seen")
    owner.get_by_role("button", name="It was not me: close everything").click()
    expect(owner.locator(".notice")).to_contain_text("reported")
    stranger.goto("/governance/integrity")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Se connecter")


def test_somebody_leaves_and_hands_over_what_they_had_in_hand(site, opens, expect_complaint):
    leaver, admin = opens("gerant"), opens("admin", width=390)
    leaver.goto(LIST)
    row = row_of(leaver)
    number = row.get_attribute("data-alert-id")
    leaver.goto(f"/governance/alerts/{number}")
    leaver.locator("form[action$='/assign'] button").first.click()
    leaver.locator(".notice-ok").wait_for()
    admin.goto("/governance/people?q=gerant")
    admin.locator("[data-person] a").click()
    admin.get_by_role("link", name="Fermer le compte").click()
    expect(admin.locator("[data-assigned]")).to_have_count(1)
    admin.locator("[name=heir-depot]").select_option(label="directeur")
    admin.get_by_role("button", name="Fermer le compte").click()
    expect(admin.locator(".notice-ok")).to_contain_text("Affectations transmises")
    leaver.locator("[name=body]").fill("Encore une chose.")
    leaver.locator("form[action*='/comment'] button").click()
    expect(leaver.locator(".notice")).to_contain_text(
        "Votre compte a été fermé par un administrateur."
    )
    expect(leaver).to_have_url(re.compile("/accounts/login/"))
    heir = opens("directeur")
    heir.goto(f"/governance/alerts/{number}")
    expect(heir.locator("main")).to_contain_text("directeur")


def test_a_fragment_of_an_ended_session_brings_the_whole_sign_in_page(
    site, opens, expect_complaint
):
    page, admin = opens("directeur"), opens("admin")
    page.goto(f"{LIST}?severity=CRITICAL")
    row = row_of(page)
    admin.goto("/governance/people?q=directeur")
    admin.locator("[data-person] a").click()
    admin.get_by_role("button", name="Mettre fin à ses sessions").click()
    admin.locator(".notice-ok").wait_for()
    expect_complaint(page, "401")
    row.locator("[data-action=ack]").click()
    expect(page.locator(".notice")).to_contain_text("Un administrateur a mis fin à vos sessions.")
    sign_in(page, "directeur")
    page.wait_for_url(f"**{LIST}?severity=CRITICAL")
