"""Ten alerts triaged by keyboard alone, and ten without the script; each deed is read in the ledger."""

from playwright.sync_api import Page, expect

from tests.browser.ways import LIST

TRIAGE = """
SELECT action FROM ledger_entry
WHERE subject_type = 'alert' AND actor NOT LIKE 'system:%' ORDER BY seq
"""


def actions(site) -> list[str]:
    """What people did to alerts, as the ledger recorded it."""
    with site.superuser() as connection:
        return [action for (action,) in connection.execute(TRIAGE).fetchall()]


def wait_for(page: Page, selector: str) -> None:
    page.locator(selector).first.wait_for()


def resolve_by_keyboard(page: Page) -> None:
    """From a row: `r`, decision and cause by their first letters, a note, Enter on the button."""
    page.keyboard.press("r")
    expect(page.locator(".panel [name=decision]")).to_be_focused()
    page.keyboard.type("Corr")
    page.keyboard.press("Tab")
    page.keyboard.type("Erreur")
    page.keyboard.press("Tab")
    page.keyboard.type("Jauge relue, écriture corrigée.")
    page.keyboard.press("Tab")
    expect(page.locator(".panel button[data-action=resolve]")).to_be_focused()
    page.keyboard.press("Enter")


def test_ten_alerts_by_keyboard_alone(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    rows = page.locator(".rows > .row")
    keys = page.keyboard
    for number in range(10):
        keys.press("j")
        row = rows.nth(number)
        expect(row).to_be_focused()
        if number % 2:
            resolve_by_keyboard(page)
            expect(row).to_have_attribute("data-status", "RESOLVED")
        else:
            keys.press("a")
            expect(row.locator("[data-action=ack]")).to_be_focused()
            expect(
                page.locator("#dira")
            ).to_be_in_viewport()  # what the ledger will say, before it does
            expect(row).to_have_attribute("data-status", "OPEN")
            keys.press("Enter")
            expect(row).to_have_attribute("data-status", "ACK")
        expect(row).to_be_focused()  # the answer took the row's place, and the focus with it
    assert actions(site) == ["alert.ack", "alert.resolve"] * 5


def test_a_group_opens_on_its_rows_and_they_work_there(site, opens):
    page = opens("directeur", still=True)
    page.goto(f"{LIST}?group=rule")
    keys = page.keyboard
    group = page.locator(".group").first
    keys.press("j")
    expect(group.locator("summary")).to_be_focused()
    keys.press("Enter")
    row = group.locator(".rows > .row").first
    expect(row).to_be_visible()
    keys.press("j")
    expect(row).to_be_focused()
    keys.press("a")
    keys.press("Enter")
    expect(row).to_have_attribute("data-status", "ACK")
    expect(row).to_be_focused()
    assert actions(site) == ["alert.ack"]
    keys.press("k")
    expect(group.locator("summary")).to_be_focused()
    keys.press("Enter")
    expect(row).to_be_hidden()


def test_without_the_script_a_group_leads_to_its_page(site, opens):
    page = opens("directeur", java_script_enabled=False)
    page.goto(f"{LIST}?group=entity")
    group = page.locator(".group").first
    group.locator("summary").click()
    group.locator(".group-way a").first.click()
    expect(page.locator(".rows > .row")).to_have_count(1)


def test_the_keys_can_be_read_and_switched_off(site, opens):
    page = opens("directeur")
    page.goto(LIST)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog")).to_contain_text("alerte suivante")
    page.keyboard.press("j")  # in the dialog the keys are not ours
    page.get_by_label("Ne pas utiliser ces touches").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator(".row:focus").count() == 0
    page.reload()
    page.keyboard.press("j")
    assert page.locator(".row:focus").count() == 0
    page.get_by_role("button", name="Raccourcis clavier").click()
    page.get_by_label("Ne pas utiliser ces touches").uncheck()
    page.get_by_role("button", name="Fermer").click()
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator(".rows > .row").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#f-q")).to_be_focused()
    page.keyboard.type("jar")  # letters in a field are letters
    expect(page.locator("#f-q")).to_have_value("jar")


def test_ten_alerts_without_the_script(site, opens):
    page = opens("directeur", java_script_enabled=False)
    page.goto(LIST)
    ids = page.locator(".rows > .row").evaluate_all("rows => rows.map(row => row.dataset.alertId)")[
        :10
    ]
    for number, one in enumerate(ids):
        page.goto(LIST)
        row = page.locator(f"[data-alert-id='{one}']")
        if number % 2 == 0:
            row.locator("[data-action=ack]").click()
            expect(page.locator("#messages")).to_contain_text("Alerte acquittée.")
            continue
        row.locator("[data-action=resolve]").click()
        form = page.locator("#resoudre form")
        form.locator("[name=decision]").select_option("CORRIGE")
        form.locator("[name=cause]").select_option("ERREUR_SAISIE")
        form.locator("[name=note]").fill("Jauge relue, écriture corrigée.")
        form.locator("[data-action=resolve]").click()
        expect(page.locator("#messages")).to_contain_text("Alerte résolue.")
    assert actions(site) == ["alert.ack", "alert.resolve"] * 5


def test_news_come_as_a_quiet_line_and_no_row_moves(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    line, rows = page.locator("#depuis"), page.locator(".rows > .row")
    before = [rows.nth(n).bounding_box() for n in range(3)]
    other = opens("admin", still=True)
    other.goto(LIST)
    other.locator("[data-action=ack]").first.click()
    other.locator(".row[data-status=ACK]").first.wait_for()
    with page.expect_response("**/pulse?*"):
        page.evaluate("htmx.trigger('#depuis', 'ask')")
    expect(line).to_contain_text("1 changée depuis votre lecture")
    assert [rows.nth(n).bounding_box() for n in range(3)] == before
    line.get_by_role("link").click()
    expect(page.locator(".row[data-status=ACK]").first).to_be_visible()
    expect(page.locator("#depuis")).to_be_empty()
