"""Nothing that the code or the database brings is missing from the rooms' `capability.py`.

What tests write into ledgers is looked at by `recorded_has_words` in tests/conftest.py.
"""

import ast
import re
from collections import Counter
from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse
from django.utils import translation

from governance.core.capability import Capability, registry
from governance.core.identity.roles import Permission
from tests.pages.test_permissions import addresses

ROOMS = ("governance", "alerts", "integrity")
# Not by an extension; an identity column asks its own sequence.
OBJECTS = """
SELECT p.proname FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
"""
TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
"""


def trees():
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def first_column(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def test_every_room_with_a_capability_is_listed():
    files = [path for room in ROOMS for path in (settings.BASE_DIR / room).rglob("capability.py")]
    names = {".".join(path.parent.relative_to(settings.BASE_DIR).parts) for path in files}
    assert names == {*settings.CAPABILITIES, Capability.__module__.rpartition(".")[0]}


def test_every_identity_that_the_code_acts_as_has_a_name():
    constants, acting = {}, set()
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                constants[path, ast.unparse(node.targets[0])] = node.value.value
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "acting_as_system":
                (name,) = node.args
                acting.add(
                    name.value
                    if isinstance(name, ast.Constant)
                    else constants.get((path, ast.unparse(name)))
                )
    assert acting - {None} <= set(registry().identities)
    assert len(acting) > 8


@pytest.mark.django_db
def test_every_action_that_the_database_names_has_a_sentence():
    bodies = "\n".join(first_column("SELECT prosrc FROM pg_proc"))
    subjects = {name.partition(".")[0] for name in registry().actions}
    named = re.findall(rf"'((?:{'|'.join(subjects)})\.[a-z.]+[a-z])'", bodies)
    assert set(named) <= set(registry().actions)
    assert len(set(named)) > 20


@pytest.mark.django_db
def test_every_table_function_and_sequence_is_granted_or_the_owner_s_alone():
    brought = registry()
    granted = {*brought.functions, *brought.sequences}
    withheld = set(brought.owner_alone)
    assert first_column(OBJECTS) == granted | withheld
    assert granted.isdisjoint(withheld)
    assert first_column(TABLES) == set(brought.tables)
    assert set(brought.record) <= set(brought.tables)


def test_every_address_stands_in_the_urls_of_one_room():
    routes = Counter(
        route
        for module in registry().urls
        for route in addresses(import_module(module).urlpatterns)
    )
    assert [route for route, count in routes.items() if count > 1] == []
    assert {*routes, ""} == set(addresses())


def test_no_name_stands_in_two_rooms():
    rooms = [import_module(f"{name}.capability").CAPABILITY for name in settings.CAPABILITIES]
    for part in ("health", "actions", "facts", "fields", "identities", "tables"):
        names = [name for room in rooms for name in getattr(room, part)]
        assert sorted(names) == sorted(set(names)), part
    keys = [schedule.key for room in rooms for schedule in room.schedules]
    assert sorted(keys) == sorted(set(keys))


def test_every_menu_entry_leads_to_a_page_that_says_who_opens_it():
    for entry in registry().menu:
        assert getattr(resolve(reverse(entry.address)).func, "permission", None) in Permission


@pytest.mark.django_db
def test_every_health_part_answers():
    body = Client().get("/health").json()
    assert {name for name in registry().health if body[name] is None} == set()
    assert registry().health


def test_what_is_said_is_translated():
    """A heading may be the same word in both languages; a sentence with a verb is not."""
    said = [
        action.sentence for action in registry().actions.values() if not callable(action.sentence)
    ]
    with translation.override("fr"):
        french = [str(one) for one in said]
    with translation.override("en"):
        english = [str(one) for one in said]
    assert [one for one, other in zip(french, english, strict=True) if one == other] == []


def test_no_folder_holds_more_than_one_sees_at_a_glance():
    """At most 15 modules side by side; what is more becomes a room below."""
    modules = Counter(
        path.parent.relative_to(settings.BASE_DIR)
        for name in ("governance", "integrity", "alerts")
        for path in (settings.BASE_DIR / name).rglob("*.py")
        if path.parent.name != "migrations"
    )
    assert {str(folder): n for folder, n in modules.items() if n > 15} == {}
