"""Whether a text is written as OpenStreetMap writes opening hours (``Mo-Fr 08:30-12:30; PH off``).

Covers the grammar of the key ``opening_hours`` (wiki of OpenStreetMap, version of its evaluation tool): rules
separated by ``;``, ``||`` or ``,``; years, months, days of month, Easter, weeks, weekdays with ranks and offsets,
``PH`` and ``SH``, times with sunrise and open ends; states and quoted comments. It judges the writing, not whether the
place is open.
"""

import re

_WEEKDAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_YEAR = r"(?:19|20)\d\d"
_OFFSET = r"(?: ?[+-]\d+ days?)"
_RANK = r"(?:\[-?[1-5](?:-[1-5])?(?:,-?[1-5](?:-[1-5])?)*\])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"

_EVENT = r"(?:dawn|sunrise|sunset|dusk)"
# Up to 48:00: a bar open until 26:00 closes at two in the morning.
_CLOCK = r"(?:(?:[0-3]?\d|4[0-7]):[0-5]\d|48:00)"
_TIME = rf"(?:{_CLOCK}|{_EVENT}|\({_EVENT} ?[+-] ?{_CLOCK}\))"
_SPAN = rf"{_TIME}(?: ?- ?{_TIME}\+?(?:/(?:\d{{1,3}}|{_CLOCK}))?|\+)?"
_TIMES = rf"{_SPAN}(?: ?, ?{_SPAN})*"

_HOLIDAY = rf"(?:PH|SH){_OFFSET}?"
_DAYS = rf"(?:{_WEEKDAY}{_RANK}?{_OFFSET}?(?: ?- ?{_WEEKDAY})?|{_HOLIDAY})"
_WEEKDAYS = rf"{_DAYS}(?: ?, ?{_DAYS})*(?: {_DAYS}(?: ?, ?{_DAYS})*)?"

_DATE = rf"(?:(?:{_YEAR} )?(?:{_MONTH}(?: {_DAY})?|easter){_OFFSET}?(?: ?{_WEEKDAY}{_RANK}?)?)"
_DATES = rf"{_DATE}(?: ?- ?(?:{_DATE}|{_DAY})|\+)?(?:/\d+)?"
_MONTHDAYS = rf"{_DATES}(?: ?, ?(?:{_DATES}|{_DAY}(?:-{_DAY})?))*"
_YEARS = rf"{_YEAR}(?:-{_YEAR}(?:/\d+)?|\+)?(?:,{_YEAR}(?:-{_YEAR}(?:/\d+)?|\+)?)*"
_WEEK = r"(?:0?[1-9]|[1-4]\d|5[0-3])"
_WEEK_SPAN = rf"{_WEEK}(?:-{_WEEK}(?:/\d+)?)?"
_WEEKS = rf"week ?{_WEEK_SPAN}(?:,{_WEEK_SPAN})*"

_COMMENT = r'"[^"]+"'
_STATE = rf"(?:(?:open|closed|off|unknown)(?: ?{_COMMENT})?|{_COMMENT})"
_WIDE = rf"(?:{_COMMENT}:|(?:{_YEARS}:? ?)?(?:{_MONTHDAYS}:? ?)?(?:{_WEEKS}:? ?)?)"
_SELECTORS = rf"(?:24/7|{_WIDE}(?:{_WEEKDAYS}:?)?(?: ?{_TIMES})?)"
_RULE = re.compile(rf"(?:{_SELECTORS}(?: ?{_STATE})?|{_STATE})")
_RULE_ENDS = re.compile(r"\s*(?:;|\|\|)\s*")
_LONGEST = 1_000


def are_opening_hours(text: str) -> bool:
    """Whether the text follows the grammar; an empty one does not."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return False
    rules = _RULE_ENDS.split(text.rstrip("; "))
    return all(rule and _is_rule(rule) for rule in rules)


def _is_rule(rule: str) -> bool:
    """One rule, or several joined by a comma and a space."""
    if _RULE.fullmatch(rule):
        return True
    parts = rule.split(", ")
    return len(parts) > 1 and all(part and _RULE.fullmatch(part) for part in parts)
