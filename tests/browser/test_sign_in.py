"""Who comes from outside: to the sign-in page, in, and back to what was asked for."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.site import EMAIL
from tests.browser.ways import LIST


def test_stranger_is_sent_to_sign_in_and_back(site, opens):
    page = opens()
    page.goto("/governance/integrity?severity=CRITICAL")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    sign_in(page, "pca")
    page.wait_for_url("**/governance/integrity?severity=CRITICAL")
    expect(page.locator("[data-alert-id]").first).to_be_visible()


def test_sign_in_by_email(site, opens):
    page = opens()
    sign_in(page, EMAIL)
    page.wait_for_url("**/governance")
    expect(page.locator("[data-menu] summary")).to_contain_text("directeur")


def test_wrong_password_is_said_and_keeps_the_name(site, opens):
    page = opens()
    sign_in(page, "directeur", password="autre-chose")
    expect(page.get_by_role("alert")).to_contain_text("mot de passe")
    expect(page.locator("[name=login]")).to_have_value("directeur")


def test_sign_out_from_the_menu(site, opens):
    page = opens("directeur")
    page.goto("/governance")
    page.locator("[data-menu] summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/accounts/login/")
    page.goto("/governance/integrity")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")


@pytest.mark.parametrize("script", [True, False])
def test_the_first_visit_is_put_away_for_good_and_comes_back_when_asked_for(site, opens, script):
    page = opens("gerant", java_script_enabled=script)
    page.goto("/governance/aide")
    page.get_by_role("button", name="Revoir la présentation").click()
    page.wait_for_url("**/governance")
    tour = page.get_by_role("heading", name="La console en trois phrases")
    expect(tour).to_be_visible()
    assert page.locator(".tour li").count() == 3
    page.get_by_role("button", name="J’ai compris").click()
    expect(tour).to_have_count(0)
    page.goto(LIST)
    page.goto("/governance")
    expect(tour).to_have_count(0)
