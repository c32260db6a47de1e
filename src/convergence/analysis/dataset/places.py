"""Tables of places and means: no person in them."""

import dataframely as dy
import polars as pl

from convergence.analysis.dataset.columns import (
    amount,
    code,
    day,
    key,
    one_stands,
    refers_to,
    rule,
    since_before,
    truth,
    whole,
)
from convergence.vocabulary.roles import Role
from convergence.vocabulary.structures import FunderKind, GrantObject, Scheme


class Territories(dy.Schema):
    """An area whose sites share a pooled team and partners."""

    territory = key("the territory")
    name = dy.String(description="its name")


class Operators(dy.Schema):
    """Legal entities that run sites."""

    operator = key("the operator")
    territory = refers_to("territories", "where it works; empty when on several territories", nullable=True)
    public_body = truth("whether it is a public body, which keeps an exemption from contributions")


class Sites(dy.Schema):
    """Work-integration sites; those of a comparison group too, told apart by ``scheme``."""

    site = key("the site")
    territory = refers_to("territories", "its territory")
    operator = refers_to("operators", "who runs it; empty where the scheme is `none`", nullable=True)
    scheme = code(Scheme, "what the site offers")
    opened = day("first day")
    closed = day("first day on which it is no longer open", nullable=True)
    opens_before_it_closes = rule(pl.col("opened") < pl.col("closed"))
    run_by_an_operator = rule(pl.col("operator").is_not_null() | (pl.col("scheme") == Scheme.NONE))


class StaffMeans(dy.Schema):
    """Working time given to a site or, pooled, to a territory: one row while its values hold."""

    means = key("one post over one period")
    site = refers_to("sites", "the site that has it, unless it is pooled", nullable=True)
    territory = refers_to("territories", "the territory whose pooled team has it", nullable=True)
    function = code(Role, "what is done")
    employer = refers_to("operators", "who employs; empty when it is another body", nullable=True)
    fte = amount("working time over the period", "full-time equivalent", most=1_000)
    support_share = whole("share of it that is support, the rest being supervision", least=0, most=100, unit="%")
    yearly_cost = amount(
        "cost of that time for a year, employer’s contributions included", "€/year", most=100_000_000, nullable=True
    )
    funder = code(FunderKind, "who pays for it; empty when shared or not told", nullable=True)
    since = day("first day")
    until = day("first day on which it no longer holds", nullable=True)
    dates_in_order = since_before()
    at_one_place = one_stands("site", "territory")


class Grants(dy.Schema):
    """Money promised to a territory or to one of its sites."""

    grant = key("the grant")
    funder = code(FunderKind, "who pays")
    territory = refers_to("territories", "the territory it is for")
    site = refers_to("sites", "the site it is for; empty for the whole territory", nullable=True)
    object = code(GrantObject, "what it pays for")
    amount = amount("amount over the whole period, euros of those years", "€", most=1_000_000_000)
    since = day("first day of the period it pays for")
    until = day("first day after that period")
    dates_in_order = since_before()
