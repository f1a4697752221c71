"""`/governance/ui` exists on a developer's machine and nowhere else."""

import re

import pytest

from governance.guide.components import components

pytestmark = pytest.mark.django_db

ADDRESS = "/governance/ui"


def test_every_component_has_its_place(as_):
    page = as_("directeur").get(ADDRESS).content.decode()
    for name in components():
        assert f'href="#{name}"' in page
        assert f'id="{name}"' in page
    assert "insuffisant" not in page


def test_no_id_stands_twice_and_there_is_one_h1(as_):
    page = as_("directeur").get(ADDRESS).content.decode()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert page.count("<h1") == 1


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_it_does_not_exist_elsewhere(as_, settings, environment):
    settings.APP_ENV = environment
    settings.LOCAL = False
    client = as_("admin")
    assert client.get(ADDRESS).status_code == 404
    assert ADDRESS not in client.get("/governance").content.decode()


def test_the_footer_leads_to_it_locally(as_):
    assert f'href="{ADDRESS}"' in as_("directeur").get("/governance").content.decode()
