"""The quarterly review of twelve people, signed in a browser: on a desk with a script, on a phone without."""

import pytest
from playwright.sync_api import expect

from governance.access.review.models import AccessReview
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole
from governance.core.identity.roles import Role
from tests.conftest import make_user

TWELVE = [f"gerant-{number}" for number in range(1, 13)]


def hired() -> None:
    for name in TWELVE:
        make_user(name, {"depot": Role.GERANT})


def held_and_reviewed() -> tuple[set[str], int]:
    with acting_as_system("test"):
        held = SourceRole.objects.filter(source="depot", user__username__in=TWELVE)
        return set(held.values_list("user__username", flat=True)), AccessReview.objects.count()


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, False)])
def test_twelve_people_are_reviewed_and_one_loses_the_role(
    site, opens, expect_complaint, width, script
):
    site.call(hired)
    page = opens("admin", width=width, java_script_enabled=script)
    expect_complaint(page, "422")
    page.goto("/governance/access/review?source=depot")
    rows = page.locator("[data-holder]")
    assert set(TWELVE) <= {row.get_attribute("data-holder") for row in rows.all()}
    for row in rows.all():
        row.locator("[value=confirm]").check()
    leaver = page.locator("[data-holder=gerant-7]")
    leaver.locator("[value=withdraw]").check()
    page.get_by_role("button", name="Signer la revue").click()
    expect(leaver.locator(".error").first).to_be_visible()  # a withdrawal says why
    leaver.get_by_label("Motif pour gerant-7").fill("A quitté le dépôt.")
    page.get_by_role("button", name="Signer la revue").click()
    expect(page.locator("[data-review=depot]")).to_contain_text("admin")
    held, reviews = site.call(held_and_reviewed)
    assert held == set(TWELVE) - {"gerant-7"}
    assert reviews == 1
