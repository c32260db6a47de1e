"""The request as views receive it, for the type checker."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from convergence.territories.identity import Identity


class Request(HttpRequest):
    """A request that went through ``Identify`` and htmx's middleware."""

    identity: Identity
    htmx: HtmxDetails
    undone: bool
    asking: int
    """How many of the people whom the actor follows need something this week, where the page counts them anyway."""
