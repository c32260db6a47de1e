"""Dates, durations and numbers as people say them; the components that carry them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from convergence.web.templatetags import components, display

TODAY = dt.date(2026, 11, 23)


def flat(text: str) -> str:
    """The text with ordinary spaces, for reading."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (dt.date(2026, 5, 3), "3 mai 2026"),
        (dt.date(2026, 8, 1), "1er août 2026"),
        (dt.datetime(2027, 2, 28, 9, 30), "28 février 2027"),
        (None, ""),
    ],
)
def test_an_exact_date_is_said_in_full(value: dt.date | None, said: str) -> None:
    assert flat(display.day(value)) == said


def test_the_year_is_said_only_when_it_is_not_this_one() -> None:
    assert flat(display.short_day(dt.date(2026, 12, 14), TODAY)) == "14 déc."
    assert flat(display.short_day(dt.date(2027, 3, 14), TODAY)) == "14 mars 2027"
    assert flat(display.long_day(TODAY, TODAY)) == "lundi 23 novembre"
    assert flat(display.long_day(dt.date(2027, 1, 1), TODAY)) == "vendredi 1er janvier 2027"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (dt.date(2026, 11, 22), TODAY, "1 jour"),
        (dt.date(2026, 10, 22), TODAY, "32 jours"),
        (dt.date(2026, 5, 3), TODAY, "6 mois"),
        (dt.date(2025, 11, 23), TODAY, "1 an"),
        (dt.date(2023, 6, 5), TODAY, "3 ans et 5 mois"),
        (dt.date(2024, 2, 29), dt.date(2026, 2, 28), "2 ans"),
        (TODAY, TODAY, ""),
    ],
)
def test_a_length_of_time_is_said_in_days_then_months_then_years(start: dt.date, end: dt.date, said: str) -> None:
    assert flat(display.duration(start, end)) == said


def test_since_says_the_date_and_how_long() -> None:
    assert flat(display.since(dt.date(2026, 5, 3), TODAY)) == "depuis le 3 mai, 6 mois"
    assert flat(display.since(dt.date(2023, 5, 3), TODAY)) == "depuis le 3 mai 2023, 3 ans et 6 mois"
    assert flat(display.since(None, TODAY)) == "depuis une date inconnue"
    assert flat(display.since(TODAY, TODAY)) == "depuis aujourd’hui"
    assert flat(display.since(dt.date(2026, 12, 1), TODAY)) == "à partir du 1er déc."


def test_a_day_is_said_by_its_distance() -> None:
    said = [display.from_today(TODAY + dt.timedelta(days=days), TODAY) for days in (-400, -32, -1, 0, 1, 3, 90)]
    assert [flat(text) for text in said] == [
        "il y a 1 an et 1 mois",
        "il y a 32 jours",
        "hier",
        "aujourd’hui",
        "demain",
        "dans 3 jours",
        "dans 2 mois",
    ]


@given(st.dates(dt.date(1930, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 30_000))
def test_whole_months_are_completed_ones(start: dt.date, days: int) -> None:
    end = start + dt.timedelta(days=days)
    months = display.whole_months(start, end)
    assert months * 28 <= days
    assert days < (months + 1) * 31 + 1


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (1087, 0, "1 087"),
        (12.5, 1, "12,5"),
        (Decimal("-1234567.8"), 1, "\u22121 234 567,8"),
        (-0.2, 0, "0"),
        (None, 0, ""),
    ],
)
def test_numbers_have_their_french_form(value: Any, places: int, said: str) -> None:
    assert flat(display.number(value, places)) == said


def test_euros_shares_hours_and_telephones_have_theirs() -> None:
    assert flat(display.euros(1087)) == "1 087 €"
    assert flat(display.hour(dt.time(9, 30))) == "9 h 30"
    assert flat(display.hour(dt.time(14))) == "14 h"
    assert flat(display.phone("+33 6.39.98.12.34")) == "06 39 98 12 34"
    assert flat(display.phone("0199001234")) == "01 99 00 12 34"
    assert display.phone("+221 33 000 00 00") == "+221 33 000 00 00"


def test_lists_end_with_and() -> None:
    assert display.and_list([]) == ""
    assert display.and_list(["santé"]) == "santé"
    assert display.and_list(["santé", "logement", "droits"]) == "santé, logement et droits"


# --- Components


def page(source: str, **context: Any) -> str:
    return Template("{% load components display %}" + source).render(Context(context))


class Entry(forms.Form):
    name = forms.CharField(label="Prénom", help_text="Comme elle le dit")
    value = forms.ChoiceField(
        label="Logement",
        widget=forms.RadioSelect,
        choices=[("street", "À la rue"), ("shelter", "Hébergement"), ("declined", "Ne souhaite pas répondre")],
    )


def test_an_error_leads_to_its_field_and_names_it() -> None:
    form = Entry({"name": ""})
    html = page("{% error_summary form %}", form=form)
    assert 'href="#id_name"' in html
    assert 'href="#id_value_0"' in html
    assert "Prénom\u00a0: ce champ est obligatoire." in html
    assert "2 choses sont à corriger" in html


def test_nothing_is_said_above_a_form_without_error() -> None:
    assert page("{% error_summary form %}", form=Entry({"name": "Anouk", "value": "street"})).strip() == ""


def test_a_field_tells_its_hint_and_its_error_to_those_who_listen() -> None:
    html = Entry({"name": ""})["name"].as_field_group()
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("id_name_error") < html.index("<input")


def test_kinds_of_missing_are_folded_until_one_of_them_is_chosen() -> None:
    source = "{% choices form.value folded=folded steps=steps %}"
    context = {"folded": ["declined"], "steps": {"street": 1, "shelter": 3}}
    closed = page(source, form=Entry(initial={"value": "street"}), **context)
    opened = page(source, form=Entry(initial={"value": "declined"}), **context)
    assert '<details class="folded">' in closed
    assert '<details class="folded" open>' in opened
    assert closed.count('<rect class="full"') == 4
    assert 'value="street" id="id_value_0" checked' in closed


def test_pages_keep_the_filters_of_the_address() -> None:
    request = RequestFactory().get("/personnes/?site=2&page=3")
    html = page("{% pagination page %}", request=request, page=Paginator(range(1234), 50).page(3))
    assert 'href="?site=2&amp;page=4"' in html
    assert '<span aria-current="page">3</span>' in html
    assert "101 à 150 sur 1\u202f234" in html


def test_a_tone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="tone"):
        page('{% tag "Tard" tone="rouge" %}')


def test_a_person_s_name_is_escaped_wherever_it_stands() -> None:
    html = page(
        '{% attention when="demain" person=name text=name %}{% endattention %}{% tag name %}', name="<b>Anouk</b>"
    )
    assert "<b>" not in html
    assert html.count("&lt;b&gt;Anouk") == 3


@pytest.mark.parametrize(
    ("tags", "address"),
    [
        ("undo:/personnes/1/annuler/ draft:note-1", "/personnes/1/annuler/"),
        ("undo://ailleurs.example/", ""),
        ("undo:javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_message_is_undone_only_at_an_address_of_ours(tags: str, address: str) -> None:
    assert components.undo_address(Message(messages.SUCCESS, "Noté.", extra_tags=tags)) == address


def test_a_message_tells_which_draft_is_saved() -> None:
    assert components.saved_draft(Message(messages.SUCCESS, "Noté.", extra_tags="undo:/x/ draft:note-1")) == "note-1"
