"""Papers, benefits, money, protection and constraints on time: what was missing at entry, opened, renewed, let go."""

import numpy as np

from convergence.simulation.lives.calendar import NEVER, first_of, plus_months, year_of
from convergence.simulation.lives.chance import between, happens, pick, soon
from convergence.simulation.lives.facts import Facts, code, codes, renewed
from convergence.simulation.lives.people import People
from convergence.vocabulary.entry import NationalityGroup
from convergence.vocabulary.rights import (
    BankAccount,
    Benefit,
    DebtFile,
    Domiciliation,
    IdentityDocument,
    JudicialConstraint,
    Protection,
    ResidencePermit,
    RightToWork,
    TaxReturn,
)

_LADDER = (
    (ResidencePermit.RECEIPT, 6),
    (ResidencePermit.ONE_YEAR, 12),
    (ResidencePermit.RECEIPT, 4),
    (ResidencePermit.ONE_YEAR, 12),
    (ResidencePermit.SEVERAL_YEARS, 48),
    (ResidencePermit.TEN_YEARS, 120),
)
"""Permits in the order in which they follow one another, with their months."""
_STEPS_OF_PERMITS = 12
_RENEWALS = 7
_SPRINGS = 7
_OTHER = list(NationalityGroup).index(NationalityGroup.OTHER)
BENEFITS = ("rsa", "ass", "in_work_benefit", "housing_aid")


def tell_rights(facts: Facts, people: People) -> None:
    """Every right that was looked at; what was never looked at has no row."""
    _tell_identity(facts)
    _tell_permits(facts, people)
    _tell_domiciliation(facts)
    _tell_bank(facts)
    for benefit in BENEFITS:
        _tell_benefit(facts, benefit)
    _tell_taxes(facts)
    _tell_debts(facts)
    _tell_protection(facts)
    _tell_constraints(facts)


def _tell_identity(facts: Facts) -> None:
    rng, rights = facts.context.stream("identity document"), facts.context.parameters.rights
    who = facts.looked_at(rng, "identity_document")
    n, entered = len(who), facts.entered[who]
    held = happens(rng, rights.held_at_entry["identity_document"], n)
    lost = held & happens(rng, rights.document_lost, n)
    issued = soon(rng, entered, -3000, -30)
    without = np.where(held, soon(rng, entered, 30, 500), entered)
    asked = soon(rng, without, 15, 150)
    made = soon(rng, asked, 50, 240)
    due = plus_months(issued, 120)
    makes = (~held & happens(rng, rights.opened["identity_document"], n)) | lost
    again = held & ~lost & (due > entered)
    facts.tell(
        rng,
        "identity_document",
        who,
        np.stack([issued, without, asked, made, due - 20], axis=1),
        np.stack(
            [
                np.full(n, code(IdentityDocument.VALID)),
                np.where(lost, code(IdentityDocument.LOST), code(IdentityDocument.NONE)),
                np.full(n, code(IdentityDocument.BEING_MADE)),
                np.full(n, code(IdentityDocument.VALID)),
                np.full(n, code(IdentityDocument.VALID)),
            ],
            axis=1,
        ),
        expires=np.stack([due, *[np.full(n, NEVER)] * 2, plus_months(made, 120), plus_months(due, 120)], axis=1),
        valid=np.stack([held, ~held | lost, makes, makes, again], axis=1),
    )


def _tell_permits(facts: Facts, people: People) -> None:
    """Receipts, then cards of one year, of four, of ten: each renewed before or a little after its term."""
    rng, rights = facts.context.stream("residence permit"), facts.context.parameters.rights
    who = facts.looked_at(rng, "residence_permit")
    n, entered = len(who), facts.entered[who]
    needed = people.nationality[who] == _OTHER
    rung = np.minimum(between(rng, 0, 4, n)[:, None] + np.arange(_STEPS_OF_PERMITS), len(_LADDER) - 1)
    months = np.array([months for _, months in _LADDER])[rung]
    days = np.rint(months * 30.4375).astype(np.int64)
    late = between(rng, -40, 15, (n, _STEPS_OF_PERMITS))
    first = entered - 5 - (rng.random(n) * (days[:, 0] - 10)).astype(np.int64)
    since = first[:, None] + np.cumsum(np.where(np.arange(_STEPS_OF_PERMITS) > 0, np.roll(days, 1, axis=1), 0), axis=1)
    since = since + np.cumsum(np.where(np.arange(_STEPS_OF_PERMITS) > 0, late, 0), axis=1)
    value = codes(*[permit for permit, _ in _LADDER])[rung]
    value[:, 0] = np.where(needed, value[:, 0], code(ResidencePermit.NOT_NEEDED))
    since[:, 0] = np.where(needed, since[:, 0], entered)
    facts.tell(
        rng,
        "residence_permit",
        who,
        since,
        value,
        expires=np.where(needed[:, None], since + days, NEVER),
        valid=needed[:, None] | (np.arange(_STEPS_OF_PERMITS) == 0),
    )
    who = facts.looked_at(rng, "right_to_work")
    authorised = (people.nationality[who] == _OTHER) & happens(rng, rights.with_authorisation, len(who))
    value = np.where(authorised, code(RightToWork.WITH_AUTHORISATION), code(RightToWork.YES))
    facts.tell(rng, "right_to_work", who, facts.entered[who][:, None], value[:, None])


def _tell_domiciliation(facts: Facts) -> None:
    rng, rights = facts.context.stream("domiciliation"), facts.context.parameters.rights
    who = facts.looked_at(rng, "domiciliation")
    n, entered = len(who), facts.entered[who]
    held = happens(rng, rights.held_at_entry["domiciliation"], n)
    opens = happens(rng, rights.opened["domiciliation"], n)
    asked = soon(rng, entered, 5, 60)
    first = np.where(held, soon(rng, entered, -330, -3), soon(rng, asked, 7, 40))
    since, expires, valid, let_go = renewed(rng, first, 12, _RENEWALS, rights.renewed)
    nothing = np.full((n, 1), NEVER)
    facts.tell(
        rng,
        "domiciliation",
        who,
        np.column_stack([entered, asked, since, let_go]),
        np.column_stack(
            [
                np.full(n, code(Domiciliation.NONE)),
                np.full(n, code(Domiciliation.ASKED)),
                np.full(since.shape, code(Domiciliation.GRANTED)),
                np.full(n, code(Domiciliation.STRUCK_OFF)),
            ]
        ),
        expires=np.column_stack([nothing, nothing, expires, nothing]),
        valid=np.column_stack(
            [~held, ~held & opens, (held | opens)[:, None] & np.column_stack([valid, let_go < NEVER])]
        ),
    )


def _tell_bank(facts: Facts) -> None:
    rng, rights = facts.context.stream("bank account"), facts.context.parameters.rights
    who = facts.looked_at(rng, "bank_account")
    n, entered = len(who), facts.entered[who]
    held = happens(rng, rights.held_at_entry["bank_account"], n)
    opens = ~held & happens(rng, rights.opened["bank_account"], n)
    asked = soon(rng, entered, 7, 60)
    facts.tell(
        rng,
        "bank_account",
        who,
        np.stack([entered, asked, soon(rng, asked, 10, 90)], axis=1),
        np.stack(
            [
                np.where(held, code(BankAccount.OPEN), code(BankAccount.NONE)),
                np.full(n, code(BankAccount.RIGHT_ASKED)),
                np.full(n, code(BankAccount.OPEN)),
            ],
            axis=1,
        ),
        valid=np.stack([np.ones(n, bool), opens & happens(rng, 0.6, n), opens], axis=1),
    )


def _tell_benefit(facts: Facts, aspect: str) -> None:
    rng, rights = facts.context.stream(aspect), facts.context.parameters.rights
    who = facts.looked_at(rng, aspect)
    n, entered = len(who), facts.entered[who]
    held = happens(rng, rights.held_at_entry[aspect], n)
    stops = held & happens(rng, rights.benefit_stops, n)
    again = stops & happens(rng, 0.5, n)
    opens = ~held & happens(rng, rights.asked, n)
    asked, stopped = soon(rng, entered, 41, 200), soon(rng, entered, 60, 400)
    answer = np.where(happens(rng, rights.opened[aspect], n), code(Benefit.OPEN), code(Benefit.REFUSED))
    end = np.where(happens(rng, 0.5, n), code(Benefit.SUSPENDED), code(Benefit.NONE))
    facts.tell(
        rng,
        aspect,
        who,
        np.stack(
            [
                np.where(held, soon(rng, entered, -600, -5), soon(rng, entered, -90, -1)),
                np.where(held, stopped, asked),
                soon(rng, np.where(held, stopped, asked), 30, 150),
            ],
            axis=1,
        ),
        np.stack(
            [
                np.where(held, code(Benefit.OPEN), code(Benefit.TO_ASK)),
                np.where(held, end, code(Benefit.ASKED)),
                np.where(held, code(Benefit.OPEN), answer),
            ],
            axis=1,
        ),
        valid=np.stack([np.ones(n, bool), stops | opens, again | opens], axis=1),
    )


def _tell_taxes(facts: Facts) -> None:
    """To do from mid-April, done by June, each spring; some forget."""
    rng, rights = facts.context.stream("tax return"), facts.context.parameters.rights
    who = facts.looked_at(rng, "tax_return")
    n, entered = len(who), facts.entered[who]
    year = year_of(entered)[:, None] + np.arange(_SPRINGS)
    campaign = first_of((year - 1970) * 12 + 3) + 14 + between(rng, 0, 4, (n, _SPRINGS))
    done = soon(rng, campaign, 7, 50)
    since = np.stack([campaign, done], axis=2).reshape(n, 2 * _SPRINGS)
    valid = np.stack([np.ones(done.shape, bool), happens(rng, rights.taxes_done, done.shape)], axis=2).reshape(
        n, 2 * _SPRINGS
    )
    value = np.tile(codes(TaxReturn.TO_DO, TaxReturn.DONE), _SPRINGS)
    facts.tell(rng, "tax_return", who, since, value[None, :], valid=valid & (since > entered[:, None]))


def _tell_debts(facts: Facts) -> None:
    rng, rights = facts.context.stream("debts"), facts.context.parameters.rights
    who = facts.looked_at(rng, "debt_file")
    steps = (DebtFile.BEING_WRITTEN, DebtFile.LODGED, DebtFile.ADMISSIBLE, DebtFile.PLAN, DebtFile.CLOSED)
    n = len(who)
    delays = between(rng, 50, 260, (n, len(steps)))
    delays[:, 0] = between(rng, 30, 300, n)
    goes_on = happens(rng, rights.debt_goes_on, delays.shape)
    goes_on[:, 0] = True
    since = facts.entered[who][:, None] + np.cumsum(delays, axis=1)
    facts.tell(rng, "debt_file", who, since, codes(*steps)[None, :], valid=np.logical_and.accumulate(goes_on, axis=1))


def _tell_protection(facts: Facts) -> None:
    rng, rights = facts.context.stream("protection"), facts.context.parameters.rights
    who = facts.looked_at(rng, "protection")
    n = len(who)
    since = soon(rng, facts.entered[who], -400, 300)
    value = codes(*Protection)[pick(rng, rights.protection, n)]
    ends = plus_months(since, 36)
    over = happens(rng, 0.5, n)
    facts.tell(
        rng,
        "protection",
        who,
        np.stack([since, ends], axis=1),
        np.stack([value, np.where(over, code(Protection.NONE), value)], axis=1),
        expires=np.stack([ends, np.where(over, NEVER, plus_months(ends, 36))], axis=1),
    )


def _tell_constraints(facts: Facts) -> None:
    rng, rights = facts.context.stream("judicial constraint"), facts.context.parameters.rights
    who = facts.looked_at(rng, "judicial_constraint")
    n = len(who)
    since = soon(rng, facts.entered[who], -200, 20)
    ends = plus_months(since, np.array([12, 18, 24])[between(rng, 0, 2, n)])
    value = codes(*JudicialConstraint)[pick(rng, rights.judicial_constraint, n)]
    facts.tell(
        rng,
        "judicial_constraint",
        who,
        np.stack([since, ends], axis=1),
        np.stack([value, np.full(n, code(JudicialConstraint.NONE))], axis=1),
        expires=np.stack([ends, np.full(n, NEVER)], axis=1),
    )
