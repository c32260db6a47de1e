"""Who reaches the sealed pieces of a document."""

from convergence.access.policies import reaches
from convergence.platform.policies import RowPolicy


class PieceRows(RowPolicy):
    """Pieces are read and written like their document, never changed, and destroyed once it is taken back."""

    def conditions(self, table: str) -> dict[str, str]:
        column = f"{table}.compartment"
        write = reaches(table, "person_id", column, writing=True)
        taken_back = (
            f"EXISTS (SELECT 1 FROM support_document d WHERE d.scan = {table}.scan"  # noqa: S608 - our own names
            f" AND d.person_id = {table}.person_id AND NOT EXISTS"
            " (SELECT 1 FROM support_document s WHERE s.series = d.series AND s.superseded_at IS NULL))"
        )
        return {
            "SELECT": reaches(table, "person_id", column),
            "INSERT": write,
            "DELETE": f"{write} AND {taken_back}",
            "UPDATE": "",
        }
