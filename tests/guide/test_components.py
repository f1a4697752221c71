"""Each component of `templates/ui/` is shown in its states and takes what its header declares."""

import re
from typing import Any

import pytest
from django.template.engine import Engine
from django.template.loader_tags import IncludeNode

from governance.env import BASE_DIR
from governance.guide.components import Example, components, declared, markup
from governance.guide.examples import examples
from governance.guide.tokens import contrast, pairs

COMPONENTS = components()
# They read the page that includes them, so they are included with all of it.
OF_THE_PAGE = {"user_menu", "script_words", "demo_banner"}


def wrong_parameters(name, given):
    """What of `given` the header does not declare, and what it demands and is not given."""
    component = COMPONENTS[name]
    return {*given} - component.names, component.required - {*given}


def test_every_component_has_an_example_and_every_example_a_component():
    assert {*examples()} == {*COMPONENTS}
    assert [name for name, shown in examples().items() if not shown] == []


@pytest.mark.parametrize("name", COMPONENTS)
def test_examples_pass_what_the_header_declares(name):
    for example in examples()[name]:
        if not example.in_page:
            assert wrong_parameters(name, example.parameters) == (set(), set()), example.caption


@pytest.mark.parametrize("name", sorted({*COMPONENTS} - OF_THE_PAGE))
def test_every_optional_parameter_is_shown_in_some_example(name):
    shown = {key for example in examples()[name] for key in example.parameters}
    assert COMPONENTS[name].names - shown == set()


@pytest.mark.parametrize(
    "path",
    sorted(
        set((BASE_DIR / "templates").rglob("*.html"))
        - set((BASE_DIR / "templates" / "jinja").iterdir())
    ),
    ids=lambda path: str(path.relative_to(BASE_DIR / "templates")),
)
def test_pages_pass_what_the_header_declares(path):
    template = Engine.get_default().get_template(str(path.relative_to(BASE_DIR / "templates")))
    nodes: list[Any] = template.nodelist.get_nodes_by_type(IncludeNode)
    for node in nodes:
        name = str(node.template.var).removeprefix("ui/").removesuffix(".html")
        if not str(node.template.var).startswith("ui/") or name.startswith("_"):
            continue
        if name in OF_THE_PAGE:
            continue
        assert node.isolated_context, f"{name} is included without `only`"
        assert wrong_parameters(name, node.extra_context) == (set(), set()), name


def test_each_form_names_above_what_is_wrong_with_it():
    fields = re.compile(r'"ui/field.html" with field=([\w.]+)\.\w+')
    above = re.compile(r'"ui/(?:mistakes|form).html" with form=([\w.]+)')
    missing = {}
    for path in (BASE_DIR / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if silent := {*fields.findall(text)} - {*above.findall(text)}:
            missing[path.name] = silent
    assert missing == {}


def test_a_header_is_read_line_by_line():
    found = declared(
        "x",
        "{% comment %}\nWhat it is,\nin a sentence.\n  one  the first\n         goes on\n"
        "  two?, three?   may be left out\n{% endcomment %}\n<p></p>",
    )
    assert found.text == "What it is, in a sentence."
    assert [(one.name, one.is_required, one.text) for one in found.parameters] == [
        ("one", True, "the first goes on"),
        ("two", False, "may be left out"),
        ("three", False, "may be left out"),
    ]
    with pytest.raises(ValueError, match="no header"):
        declared("y", "<p></p>")


def test_markup_says_how_a_template_writes_it():
    example = Example("x", {"label": "Lire", "small": True, "form": object()})
    assert markup("button", example) == (
        '{% include "ui/button.html" with label="Lire" small=True form=form only %}'
    )


def test_contrast_is_the_one_of_the_guidelines():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.front.name}-{pair.behind.name}")
def test_colours_on_top_of_each_other_can_be_read(pair):
    assert pair.light >= pair.at_least
    assert pair.dark >= pair.at_least
