"""Papers, benefits, money, protection and constraints on time."""

from collections.abc import Iterator
from datetime import date

from convergence.simulation.days import plus_months
from convergence.simulation.life import Life, Step
from convergence.vocabulary.base import Term
from convergence.vocabulary.missing import Missing
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

_NEEDS_A_PERMIT = 0.52


def tell_rights(life: Life) -> None:
    """Every right that was looked at; what was never looked at has no row."""
    life.tell("identity_document", _identity(life))
    needs_permit = life.chance(_NEEDS_A_PERMIT)
    life.tell("residence_permit", _permit(life) if needs_permit else [Step(life.starts, ResidencePermit.NOT_NEEDED)])
    authorised = needs_permit and life.chance(0.12)
    life.tell("right_to_work", [Step(life.starts, RightToWork.WITH_AUTHORISATION if authorised else RightToWork.YES)])
    if life.chance(0.6):
        life.tell("domiciliation", _domiciliation(life))
    life.tell("bank_account", _bank(life))
    for aspect, asked, open_at_entry in (
        ("rsa", 0.75, 0.7),
        ("ass", 0.12, 0.6),
        ("in_work_benefit", 0.7, 0.05),
        ("housing_aid", 0.4, 0.2),
    ):
        if life.chance(asked):
            life.tell(aspect, _benefit(life, open_at_entry))
    if life.chance(0.75):
        life.tell("tax_return", _taxes(life))
    if life.chance(0.16):
        life.tell("debt_file", _debts(life))
    if life.chance(0.04):
        kind = life.rng.choice([Protection.MASP, Protection.MAJ, Protection.CURATELLE, Protection.REINFORCED_CURATELLE])
        since = life.soon(life.starts, -400, 300)
        life.tell("protection", [Step(since, kind, plus_months(since, 36))])
    if life.chance(0.09):
        since = life.soon(life.starts, -200, 20)
        code = life.rng.choice([JudicialConstraint.TIMES, JudicialConstraint.APPOINTMENTS, JudicialConstraint.PLACES])
        ends = plus_months(since, life.rng.choice([12, 18, 24]))
        life.tell("judicial_constraint", [Step(since, code, ends), Step(ends, JudicialConstraint.NONE)])


def _identity(life: Life) -> Iterator[Step]:
    chance = life.rng.random()
    if chance < 0.72:
        since = life.soon(life.starts, -3000, -30)
        yield Step(since, IdentityDocument.VALID, plus_months(since, 120))
        if life.chance(0.06):
            lost = life.soon(life.starts, 30, 500)
            yield Step(lost, IdentityDocument.LOST)
            yield from _made(life, lost)
        return
    yield Step(life.starts, IdentityDocument.NONE if chance < 0.95 else Missing.NOT_ASSESSED)
    yield from _made(life, life.starts)


def _made(life: Life, since: date) -> Iterator[Step]:
    asked = life.soon(since, 15, 150)
    yield Step(asked, IdentityDocument.BEING_MADE)
    issued = life.soon(asked, 50, 240)
    yield Step(issued, IdentityDocument.VALID, plus_months(issued, 120))


def _permit(life: Life) -> Iterator[Step]:
    """Receipts, then cards of one year, of four, of ten: each renewed before or a little after its term."""
    ladder: list[tuple[Term, int]] = [
        (ResidencePermit.RECEIPT, 6),
        (ResidencePermit.ONE_YEAR, 12),
        (ResidencePermit.RECEIPT, 4),
        (ResidencePermit.ONE_YEAR, 12),
        (ResidencePermit.SEVERAL_YEARS, 48),
        (ResidencePermit.TEN_YEARS, 120),
    ]
    rung = life.rng.randrange(5)
    since = life.soon(life.starts, -30 * ladder[rung][1], -5)
    while since <= life.ends:
        code, months = ladder[rung]
        expires_on = plus_months(since, months)
        yield Step(since, code, expires_on)
        since = life.soon(expires_on, -40, 15)
        rung = min(rung + 1, len(ladder) - 1)


def _domiciliation(life: Life) -> Iterator[Step]:
    if life.chance(0.3):
        yield Step(life.starts, Domiciliation.NONE)
        asked = life.soon(life.starts, 5, 60)
        yield Step(asked, Domiciliation.ASKED)
        yield from life.renewals(Domiciliation.GRANTED, life.soon(asked, 7, 40), 12)
        return
    yield from life.renewals(Domiciliation.GRANTED, life.soon(life.starts, -330, -3), 12)
    if life.chance(0.05):
        yield Step(life.soon(life.ends, -400, -30), Domiciliation.STRUCK_OFF)


def _bank(life: Life) -> Iterator[Step]:
    if life.chance(0.6):
        yield Step(life.starts, BankAccount.OPEN)
        return
    yield Step(life.starts, BankAccount.NONE)
    asked = life.soon(life.starts, 7, 60)
    if life.chance(0.6):
        yield Step(asked, BankAccount.RIGHT_ASKED)
    yield Step(life.soon(asked, 10, 90), BankAccount.OPEN)


def _benefit(life: Life, open_at_entry: float) -> Iterator[Step]:
    if life.chance(open_at_entry):
        yield Step(life.soon(life.starts, -600, -5), Benefit.OPEN)
        if life.chance(0.35):
            stopped = life.soon(life.starts, 60, 400)
            yield Step(stopped, Benefit.SUSPENDED if life.chance(0.5) else Benefit.NONE)
            if life.chance(0.5):
                yield Step(life.soon(stopped, 30, 150), Benefit.OPEN)
        return
    first: Term = Benefit.TO_ASK if life.chance(0.8) else Missing.DOES_NOT_KNOW
    yield Step(life.soon(life.starts, 0, 40), first)
    asked = life.soon(life.starts, 41, 200)
    yield Step(asked, Benefit.ASKED)
    yield Step(life.soon(asked, 30, 120), Benefit.OPEN if life.chance(0.85) else Benefit.REFUSED)


def _taxes(life: Life) -> Iterator[Step]:
    """To do from mid-April, done by June, in the last two springs; some forget."""
    for year in (life.ends.year - 1, life.ends.year):
        campaign = life.soon(date(year, 4, 15), 0, 4)
        if campaign > life.starts:
            yield Step(campaign, TaxReturn.TO_DO)
            if life.chance(0.85):
                yield Step(life.soon(campaign, 7, 50), TaxReturn.DONE)


def _debts(life: Life) -> Iterator[Step]:
    since = life.soon(life.starts, 30, 300)
    for code in (DebtFile.BEING_WRITTEN, DebtFile.LODGED, DebtFile.ADMISSIBLE, DebtFile.PLAN, DebtFile.CLOSED):
        yield Step(since, code)
        if not life.chance(0.85):
            return
        since = life.soon(since, 50, 260)
