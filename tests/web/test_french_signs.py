"""On screen a French sign never starts a line alone: a non-breaking space stands before it."""

import re
from pathlib import Path

import pytest

from convergence import web

TEMPLATES = sorted((Path(web.__file__).parent / "templates").rglob("*.*"))
SAID = re.compile(r'translate "([^"]*)"|\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate', re.DOTALL)
LOOSE = re.compile(r"[^\s] [:;?!»](?=[\s<{.,)]|$)|« ")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_signs_are_held_to_their_word(path: Path) -> None:
    sentences = [first or second for first, second in SAID.findall(path.read_text())]
    assert [sentence for sentence in sentences if LOOSE.search(sentence)] == []
