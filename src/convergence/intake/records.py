"""What the rows of a list say, once read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from convergence.intake.cells import Cell, OtherName, Severity, folded
from convergence.intake.dates import PartialDate
from convergence.intake.fields import Field
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.people import Sex


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row.

    :param field: where, or None for the row as a whole.
    :param severity: refused: the row stays out; doubtful: it is imported without this detail, or as understood.
    """

    field: Field | None
    severity: Severity
    sentence: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a row says of a person; everything but one part of the name may be missing.

    :param phones: in international form, the first one first.
    :param family_name: the one in use; where the file tells a birth name apart, that one is in ``other_names``.
    :param programme: given for a CDDI, and only then.
    :param rqth_until: the end of the recognition, when the cell gives it.
    :param counsellor: an e-mail address or a name, as typed.
    """

    given_name: str = ""
    family_name: str = ""
    other_names: tuple[OtherName, ...] = ()
    birth: PartialDate | None = None
    sex: Sex | None = None
    phones: tuple[str, ...] = ()
    email: str = ""
    languages: str = ""
    site: str = ""
    counsellor: str = ""
    entry_date: date | None = None
    contract_kind: ContractKind | None = None
    programme: Programme | None = None
    contract_start: date | None = None
    contract_end: date | None = None
    weekly_hours: Decimal | None = None
    housing: Housing | Missing | None = None
    permit_until: date | None = None
    rqth: bool | None = None
    rqth_until: date | None = None
    rsa: bool | None = None
    external_id: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for two spellings of one name, in whatever order, with the same birth date."""
        return (*sorted((folded(self.family_name), folded(self.given_name))), str(self.birth or ""))


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A row of the file, what it says, and what is wrong with it.

    :param number: its number as a spreadsheet shows it.
    :param cells: the original cells, one a column of the table.
    """

    number: int
    cells: tuple[Cell, ...]
    person: PersonRow
    problems: tuple[Problem, ...] = ()

    @property
    def is_refused(self) -> bool:
        return any(problem.severity is Severity.REFUSED for problem in self.problems)

    @property
    def is_doubtful(self) -> bool:
        return bool(self.problems) and not self.is_refused

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the row is refused, for ``refusals.workbook``."""
        return tuple(one.sentence for one in self.problems if one.severity is Severity.REFUSED)
