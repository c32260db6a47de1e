"""Templates hold together: each compiles, and each icon that one names exists."""

import re
from pathlib import Path

import lucide
import pytest
from django.template.loader import get_template

from convergence.web.lifeline import LANES

TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "convergence" / "web" / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_comment_ends_on_its_line_or_would_be_read_on_screen(name: str) -> None:
    assert not re.search(r"\{#(?!.*#\})", (TEMPLATES / name).read_text())


def test_every_icon_that_is_named_exists() -> None:
    named = {lane.icon for lane in LANES.values()}
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        named |= set(re.findall(r'{% lucide "([\w-]+)"', text)) | set(re.findall(r'\bicon="([\w-]+)"', text))
    for path in TEMPLATES.parent.rglob("*.py"):
        named |= set(re.findall(r'icon(?:: str)? ?= ?"([\w-]+)"', path.read_text()))
    missing = []
    for icon in sorted(named):
        try:
            lucide._load_icon(icon)
        except lucide.IconDoesNotExist:
            missing.append(icon)
    assert len(named) > 10
    assert missing == []
