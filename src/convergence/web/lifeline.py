"""The life line: a person's dated facts drawn along time, one lane per domain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lane:
    """A lane: its code, its word on screen and its icon (a lucide name)."""

    code: str
    label: str
    icon: str


LANES: dict[str, Lane] = {
    lane.code: lane
    for lane in (
        Lane("employment", "Emploi", "briefcase"),
        Lane("housing", "Logement", "house"),
        Lane("health", "Santé", "heart-pulse"),
        Lane("rights", "Droits", "file-badge"),
        Lane("disability", "Handicap", "accessibility"),
        Lane("daily_life", "Vie quotidienne", "coffee"),
        Lane("contacts", "Rencontres", "message-circle"),
    )
}
