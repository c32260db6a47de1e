"""What the documents show and lead to is there, and no picture stands alone."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
GUIDE = REPOSITORY / "docs" / "guide"
DOCUMENTS = sorted([*REPOSITORY.glob("README*.md"), *(REPOSITORY / "docs").rglob("*.md")])
ADDRESS = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
MOST_BYTES = 3 * 1024 * 1024


def addresses(document: Path) -> list[str]:
    """Addresses inside the repository that a document shows or leads to."""
    found = ["".join(each) for each in ADDRESS.findall(document.read_text())]
    return [address for address in found if not address.startswith(("http:", "https:", "mailto:"))]


def anchors(document: Path) -> set[str]:
    """The places of a document that a link may name, as the usual readers of Markdown make them."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_and_picture_of_a_document_leads_somewhere(document: Path) -> None:
    for address in addresses(document):
        name, _, anchor = address.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), address
        assert not anchor or anchor in anchors(target), address


def test_every_picture_of_the_guide_is_shown_and_they_stay_small() -> None:
    pictures = set((GUIDE / "images").iterdir())
    shown = {(document.parent / address).resolve() for document in DOCUMENTS for address in addresses(document)}
    assert pictures - shown == set()
    assert sum(picture.stat().st_size for picture in pictures) < MOST_BYTES
