"""How long every page takes, as the coordinator and a counsellor of the largest territory and site.

The server is `./convergence run`, on a data folder that holds the territory to measure; a bare Django list page is
measured in the same run, on the same PostgreSQL and with the same server, so that ratios mean something elsewhere.
For each page: one warm client, then several at once, each with its own connection and session; p50 and p95 in
milliseconds; queries (without those that only begin or end the transaction); kilobytes before compression.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from benchmarks.parts.clients import Client, Waits, wait_together
from benchmarks.parts.serving import bare_page, instance, stop_cleanly
from convergence.cli import databases, roles, signins
from convergence.cli.errors import OperatorError
from convergence.cli.folder import DataFolder

if TYPE_CHECKING:
    from benchmarks.parts.pages import Page

AIM_ONE, AIM_SEVERAL, AIM_QUERIES = 100, 250, 15


@dataclass(frozen=True)
class Line:
    """What was measured of one page."""

    who: str
    page: str
    one: Waits
    several: Waits
    queries: int
    size: int

    def missed(self) -> list[str]:
        """Which of the aims the page does not reach."""
        missed = []
        if self.one.p95 > AIM_ONE:
            missed.append(f"{self.one.p95:.0f} ms alone")
        if self.several.p95 > AIM_SEVERAL:
            missed.append(f"{self.several.p95:.0f} ms together")
        if self.queries > AIM_QUERIES:
            missed.append(f"{self.queries} queries")
        return missed


def main(arguments: Sequence[str]) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="./convergence bench web", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder of `run` with the territory to measure")
    parser.add_argument("--port", type=int, default=8180, help="port of the instance; the next is the bare page's")
    parser.add_argument("--clients", type=int, default=4, help="clients at once (4)")
    parser.add_argument("--rounds", type=int, default=60, help="answers measured for each page and client (60)")
    parser.add_argument("--seconds", type=float, default=5, help="most seconds for one measure (5)")
    parser.add_argument("--page", action="append", default=[], help="only pages whose name begins so; may be repeated")
    options = parser.parse_args(arguments)
    stop_cleanly()
    try:
        for line in measured(options):
            print(line, flush=True)
    except OperatorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def measured(options: argparse.Namespace) -> Iterator[str]:
    """The table's lines, each as soon as it is known, then which pages miss the aim."""
    folder = DataFolder(options.data.expanduser().absolute())
    password = _password(folder.path)
    with ExitStack() as stack:
        stack.enter_context(instance(folder.path, options.port))
        urls = databases.at_work(folder)
        stack.enter_context(bare_page(urls[roles.OWNER], options.port + 1))
        _as_web(folder, urls)
        yield "| as | page | 1 client p50 | p95 | × bare | 4 clients p50 | p95 | × bare | queries | kB |".replace(
            "4 clients", f"{options.clients} clients"
        )
        yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
        bare = _measure("", "a bare Django list of 50 rows", "/", 1, _clients(options.port + 1, options), options)
        yield _row(bare, bare)
        missed = []
        for who, email, pages, unknown in _people(urls, options, password):
            clients = _clients(options.port, options)
            for client in clients:
                client.sign_in(email, password)
            for page in pages:
                line = _measure(who, page.name, page.address, page.queries, clients, options)
                yield _row(line, bare)
                missed += [f"- {who}, {line.page}: {', '.join(line.missed())}"] if line.missed() else []
            if unknown:
                yield f"\nNot measured as {who}, no sample: {', '.join(unknown)}\n"
        yield "\nEvery page is within the aim." if not missed else "\nBeyond the aim:\n" + "\n".join(missed)


def _password(data: Path) -> str:
    """The demonstration's accounts share one."""
    try:
        return str(json.loads((data / signins.FILE).read_text(encoding="utf-8"))[0][2])
    except OSError:
        raise OperatorError(f"{data} ne contient pas de territoire de démonstration.") from None


def _as_web(folder: DataFolder, urls: Mapping[str, str]) -> None:
    """This very process asks for pages too, to count their queries."""
    environment = databases.environment(folder, urls[roles.WEB]) | {"CONVERGENCE_LOG_LEVEL": "ERROR"}
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="convergence.platform.settings")
    import django

    django.setup()


def _people(
    urls: Mapping[str, str], options: argparse.Namespace, password: str
) -> Iterator[tuple[str, str, list[Page], list[str]]]:
    """Who is measured: (as what, address, pages, addresses without a sample)."""
    from benchmarks.parts.pages import pages, samples
    from convergence.platform.clock import today

    for who, user_id, email in _largest(urls[roles.MAINT], today()):
        client = Client(options.port)
        client.sign_in(email, password)
        found, unknown = pages(samples(user_id, today()), client.cookies)
        wanted = tuple(options.page) or ("",)
        yield who, email, [page for page in found if page.name.startswith(wanted)], unknown


LARGEST = """
WITH supported AS (
    SELECT s.territory_id, p.site_id, count(*) AS people
      FROM people_support p JOIN territories_site s ON s.id = p.site_id
     WHERE p.superseded_at IS NULL AND p.valid @> %(today)s GROUP BY 1, 2
), territory AS (
    SELECT territory_id AS id FROM supported GROUP BY 1 ORDER BY sum(people) DESC, 1 LIMIT 1
), site AS (
    SELECT site_id AS id FROM supported WHERE territory_id = (SELECT id FROM territory)
     ORDER BY people DESC, 1 LIMIT 1
)
SELECT DISTINCT ON (m.role) m.role, u.id, u.email
  FROM territories_mission m JOIN access_user u ON u.id = m.user_id AND u.is_active
 WHERE m.valid @> %(today)s
   AND (m.role = 'coordinator' AND m.territory_id = (SELECT id FROM territory)
        OR m.role = 'counsellor' AND m.site_id = (SELECT id FROM site))
 ORDER BY m.role DESC, (SELECT count(*) FROM people_assignment a
                         WHERE a.mission_id = m.id AND a.superseded_at IS NULL AND a.valid @> %(today)s) DESC, m.id
"""


def _largest(maint_url: str, today: date) -> list[tuple[str, int, str]]:
    """(role, id, address) of the coordinator of the largest territory, by people supported today, and of the
    counsellor who follows most people at its largest site."""
    with psycopg.connect(maint_url) as connection:
        return [(str(role), int(pk), str(email)) for role, pk, email in connection.execute(LARGEST, {"today": today})]


def _clients(port: int, options: argparse.Namespace) -> list[Client]:
    return [Client(port) for _ in range(options.clients)]


def _measure(
    who: str, name: str, address: str, queries: int, clients: list[Client], options: argparse.Namespace
) -> Line:
    one = wait_together(clients[:1], address, options.rounds, options.seconds)
    several = wait_together(clients, address, options.rounds, options.seconds)
    return Line(who, name, one, several, queries, len(clients[0].get(address).body))


def _row(line: Line, bare: Line) -> str:
    cells = [line.who, line.page.replace("|", "&#124;")]
    for waits, base in ((line.one, bare.one), (line.several, bare.several)):
        cells += [f"{waits.p50:.1f}", f"{waits.p95:.1f}", f"{waits.p50 / base.p50:.1f}"]
    return f"| {' | '.join([*cells, str(line.queries), f'{line.size / 1000:.0f}'])} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
