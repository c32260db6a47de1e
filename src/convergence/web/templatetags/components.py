"""The screens' components as template tags: `{% load components %}`.

One way for all of them: a tag whose arguments are checked when the template is compiled, drawing
`components/<name>.html`. Tags that wrap something take their content between `{% x %}` and `{% endx %}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from convergence.web.lifeline import LANES, ZOOMS, LifeLine

register = template.Library()

TONES = ("", "late", "soon", "ok", "info")
STEPS = range(1, 6)


def _tone(tone: str) -> str:
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"tone is one of {TONES}, not {tone!r}")
    return tone


@register.simple_block_tag
def panel(content: str, title: str, id: str = "", icon: str = "", link: str = "", link_label: str = "") -> SafeString:
    """A framed section with its heading (level 2); `link` and `link_label` stand right of the heading."""
    return render_to_string(
        "components/panel.html",
        {"content": content, "title": title, "id": id, "icon": icon, "link": link, "link_label": link_label},
    )


@register.simple_block_tag
def says(content: str, tone: str = "soon") -> SafeString:
    """A sentence that stands out: soon (default), late, ok or info."""
    return render_to_string("components/says.html", {"content": content, "tone": _tone(tone)})


@register.inclusion_tag("components/crumbs.html")
def crumbs(*places: str) -> dict[str, Any]:
    """The way back: pairs of address and label, the last one possibly without an address.

    `{% crumbs people_url _("Personnes") "" _("Chantier Exemple") %}`
    """
    if len(places) % 2:
        raise template.TemplateSyntaxError("crumbs takes pairs of address and label")
    return {"places": list(zip(places[::2], places[1::2], strict=True))}


@register.inclusion_tag("components/tag.html")
def tag(label: str, tone: str = "", icon: str = "", domain: str = "") -> dict[str, Any]:
    """A short label in a pill; put several in `<ul class="tags">`, each in its `<li>`."""
    lane = LANES.get(domain)
    return {
        "label": label,
        "tone": _tone(tone),
        "domain": domain,
        "icon": icon or (lane.icon if lane else ""),
    }


@register.inclusion_tag("components/domain.html")
def domain(code: str, label: str = "") -> dict[str, Any]:
    """A domain's icon, in its colour, and its word."""
    lane = LANES[code]
    return {"code": code, "icon": lane.icon, "label": label or lane.label}


@register.simple_block_tag
def attention(
    content: str,
    when: str,
    tone: str = "",
    person: str = "",
    href: str = "",
    text: str = "",
    exact: str = "",
) -> SafeString:
    """One line of what needs someone: when, who, why; the content is the actions (links, small forms).

    Stands in `<ul class="attention">`. `exact` is the exact date, said beside a relative `when`.
    Without `person`, `text` stands alone.
    """
    return render_to_string(
        "components/attention.html",
        {
            "actions": content,
            "when": when,
            "tone": _tone(tone),
            "person": person,
            "href": href,
            "text": text,
            "exact": exact,
        },
    )


@register.simple_block_tag
def data_table(
    content: str,
    caption: str,
    id: str,
    cards: bool = False,
    page: bool = False,
    hide_caption: bool = False,
) -> SafeString:
    """A table: the content is `<thead>` and `<tbody>`.

    `cards`: on a telephone each row becomes a card (give each `<td>` a `data-label`); otherwise the
    table scrolls sideways. `page`: the table is the page's main content, its head sticks to the page.
    """
    return render_to_string(
        "components/data_table.html",
        {"content": content, "caption": caption, "id": id, "cards": cards, "page": page, "hide_caption": hide_caption},
    )


@register.simple_block_tag
def empty_state(content: str, title: str, text: str = "", icon: str = "sprout") -> SafeString:
    """What an empty page says: the situation, then the next step (the content: links or buttons)."""
    return render_to_string(
        "components/empty_state.html", {"actions": content, "title": title, "text": text, "icon": icon}
    )


def _form_errors(form: BaseForm) -> list[dict[str, str]]:
    found = [{"message": str(message), "href": ""} for message in form.non_field_errors()]
    for field in form.visible_fields():
        # A group of radios or boxes has no id of its own: the first option carries the focus.
        target = f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
        found += [{"message": _in_field(field, str(message)), "href": f"#{target}"} for message in field.errors]
    for field in form.hidden_fields():
        found += [{"message": _in_field(field, str(message)), "href": ""} for message in field.errors]
    return found


def _in_field(field: BoundField, message: str) -> str:
    """« Prénom : ce champ est obligatoire. », unless the sentence names its field already."""
    if str(field.label).lower() in message.lower():
        return message
    return f"{field.label}\u00a0: {message[:1].lower()}{message[1:]}"


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any]) -> dict[str, Any]:
    """Everything that is wrong, on top of the page, each sentence leading to its field; nothing when all is well."""
    errors: list[dict[str, str]] = []
    for form in forms:
        if isinstance(form, BaseFormSet):
            errors += [{"message": str(message), "href": ""} for message in form.non_form_errors()]
            for member in form.forms:
                errors += _form_errors(member)
        else:
            errors += _form_errors(form)
    return {"errors": errors}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Where one is in a long list; keeps the other parameters of the address (needs `request`)."""
    links: list[dict[str, Any]] = []
    if page.paginator.num_pages > 1:

        def link(number: int, label: str, said: str) -> dict[str, Any]:
            query = context["request"].GET.copy()
            query[parameter] = number
            return {"href": f"?{query.urlencode()}", "label": label, "said": said}

        if page.has_previous():
            links.append(link(page.previous_page_number(), _("Avant"), _("Page précédente")))
        for shown in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
            if isinstance(shown, int):
                said = _("Page %(number)s") % {"number": shown}
                links.append({**link(shown, str(shown), said), "current": shown == page.number})
            else:
                links.append({"href": ""})
        if page.has_next():
            links.append(link(page.next_page_number(), _("Après"), _("Page suivante")))
    return {"page": page, "links": links}


@register.simple_block_tag
def filter_bar(content: str, action: str = "", reset: str = "", label: str = "") -> SafeString:
    """Filters kept in the address (GET): the content is fields; `reset` is the address without filters."""
    return render_to_string(
        "components/filter_bar.html",
        {"content": content, "action": action, "reset": reset, "label": label or _("Filtrer la liste")},
    )


@register.inclusion_tag("components/progress.html")
def progress(label: str, value: int | None = None, total: int = 100, text: str = "", id: str = "") -> dict[str, Any]:
    """How far slow work has come, in a bar and in words; without `value`, work whose length is unknown."""
    return {"label": label, "value": value, "total": total, "text": text, "id": id or "avancement"}


@register.inclusion_tag("components/notes.html")
def notes_list(notes: Iterable[Any]) -> dict[str, Any]:
    """Notes, the latest first. Each has `author`, `when` (as said), `kind` and `text`, and possibly `href`."""
    return {"notes": notes}


@register.inclusion_tag("components/stepper.html")
def stepper(current: int, *labels: str) -> dict[str, Any]:
    """Where one is in a task of several pages; `current` counts from 1."""
    steps = [
        {"label": label, "number": number, "done": number < current, "current": number == current}
        for number, label in enumerate(labels, start=1)
    ]
    return {"steps": steps}


@register.inclusion_tag("components/step.html")
def step_scale(step: int) -> dict[str, Any]:
    """The five-step pictogram of housing; a word always stands beside it."""
    return {"bars": [{"x": (number - 1) * 8, "full": number <= step} for number in STEPS]}


@register.inclusion_tag("components/choices.html")
def choices(
    field: BoundField,
    steps: Mapping[str, int] | None = None,
    hints: Mapping[str, str] | None = None,
    folded: Sequence[str] = (),
    folded_label: str = "",
) -> dict[str, Any]:
    """A radio group drawn as big buttons, for recording in one touch.

    `field`: a ChoiceField with a RadioSelect. `steps`: value → 1–5, draws the housing pictogram.
    `hints`: value → small text. `folded`: values kept under "Autre réponse" (the kinds of missing),
    open when one of them is chosen. Choices in named groups keep their group's name as a heading.
    """
    chosen = {str(value) for value in _as_list(field.value())}
    groups: dict[str, list[dict[str, Any]]] = {}
    aside: list[dict[str, Any]] = []
    index = 0
    for heading, options in _grouped(field.field.choices):  # type: ignore[attr-defined]
        for value, label in options:
            text = str(value)
            if text == "":
                continue
            option = {
                "id": f"{field.auto_id}_{index}",
                "value": text,
                "label": label,
                "checked": text in chosen,
                "step": (steps or {}).get(text, 0),
                "hint": (hints or {}).get(text, ""),
            }
            index += 1
            if text in folded:
                aside.append(option)
            else:
                groups.setdefault(heading, []).append(option)
    return {
        "field": field,
        "groups": groups.items(),
        "aside": aside,
        "open": any(option["checked"] for option in aside),
        "folded_label": folded_label or _("Non évalué, ne sait pas, ne souhaite pas répondre…"),
    }


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple, set)) else [value]


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, Sequence[tuple[Any, Any]]]]:
    for value, label in pairs:
        if isinstance(label, (list, tuple)):
            yield str(value), label
        else:
            yield "", [(value, label)]


@register.inclusion_tag("components/file_drop.html")
def file_drop(field: BoundField, text: str = "") -> dict[str, Any]:
    """A file field one may also drop a file on; `text` says what is accepted."""
    return {"field": field, "text": text}


@register.inclusion_tag("components/lifeline.html", takes_context=True)
def life_line(context: Context, line: LifeLine, parameter: str = "etendue") -> dict[str, Any]:
    """The life line laid out by `convergence.web.lifeline.draw`, with its zoom (needs `request`) and its list."""
    zooms = []
    for zoom in ZOOMS.values():
        query = context["request"].GET.copy()
        query[parameter] = zoom.code
        zooms.append(
            {
                "code": zoom.code,
                "label": zoom.label,
                "address": f"?{query.urlencode()}",
                "current": zoom.code == line.zoom.code,
            }
        )
    return {"line": line, "zooms": zooms}


@register.filter
def undo_address(message: Message) -> str:
    """The address that undoes what a message tells, from `extra_tags="undo:/chemin/"`; empty when none."""
    for word in (message.extra_tags or "").split():
        address = word.removeprefix("undo:")
        if address != word and address.startswith("/") and not address.startswith("//"):
            return address
    return ""


@register.filter
def saved_draft(message: Message) -> str:
    """The key of the draft that a message confirms as saved, from `extra_tags="draft:clé"`; empty when none."""
    for word in (message.extra_tags or "").split():
        if word.startswith("draft:"):
            return word.removeprefix("draft:")
    return ""
