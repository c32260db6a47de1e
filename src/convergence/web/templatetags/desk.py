"""Counts that may be withheld, as the desk's tables write them."""

from django import template

from convergence.web.desk.scheme import said

register = template.Library()


@register.filter
def counted(n: int | None) -> str:
    """A count, or « – » where it is withheld."""
    return said(n)
