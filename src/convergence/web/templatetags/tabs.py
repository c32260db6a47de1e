"""The tabs of a person's file: `{% load tabs %}{% person_tabs person.pk %}` (needs `request`)."""

from typing import Any

from django import template
from django.template import Context

from convergence.web.people.tabs import tabs_of

register = template.Library()


@register.inclusion_tag("people/tabs.html", takes_context=True)
def person_tabs(context: Context, person_id: int) -> dict[str, Any]:
    return {"tabs": tabs_of(context["request"], person_id)}
