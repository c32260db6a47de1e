"""How long every page takes, as the coordinator and a counsellor of the largest territory and site.

The server is `./convergence run`, on a data folder that holds the territory to measure. A bare Django list page, on the
same PostgreSQL and behind the same server, is measured just before each page, so that ratios mean something on another
machine, and on one that works at something else meanwhile; its own line gives the medians.
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
from statistics import median
from typing import TYPE_CHECKING

import psycopg

from benchmarks.parts.clients import Client, Waits, wait_together
from benchmarks.parts.serving import bare_page, instance, stop_cleanly
from convergence.cli import databases, roles
from convergence.cli.demo import command as demo
from convergence.cli.errors import OperatorError
from convergence.cli.folder import DataFolder

if TYPE_CHECKING:
    from benchmarks.parts.pages import Page

AIM_ONE, AIM_SEVERAL, AIM_QUERIES = 100, 250, 15


@dataclass(frozen=True)
class Line:
    """What was measured of one page, and of the bare page just before it."""

    who: str
    page: str
    one: Waits
    several: Waits
    bare_one: Waits
    bare_several: Waits
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
    missing: list[str] = []
    with ExitStack() as stack:
        stack.enter_context(instance(folder.path, options.port))
        urls = databases.at_work(folder)
        stack.enter_context(bare_page(urls[roles.OWNER], options.port + 1))
        _as_web(folder, urls)
        yield "| as | page | 1 client p50 | p95 | × bare | 4 clients p50 | p95 | × bare | queries | kB |".replace(
            "4 clients", f"{options.clients} clients"
        )
        yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
        bare = _clients(options.port + 1, options)
        lines: list[Line] = []
        for who, email, pages, unknown in _people(urls, options, password):
            clients = _clients(options.port, options)
            for client in clients:
                client.sign_in(email, password)
            for page in pages:
                lines.append(_measure(who, page, clients, bare, options))
                yield _row(lines[-1])
            missing += [f"- {who}: {', '.join(unknown)}"] if unknown else []
        if lines:
            yield _bare_row(lines, len(bare[0].get("/").body))
    if missing:
        yield "\nNot measured, for want of a sample:\n" + "\n".join(missing)
    missed = [f"- {line.who}, {line.page}: {', '.join(line.missed())}" for line in lines if line.missed()]
    yield "\nBeyond the aim:\n" + "\n".join(missed) if missed else "\nEvery page is within the aim."


def _password(data: Path) -> str:
    """The demonstration's accounts share one."""
    try:
        return str(json.loads((data / demo.FILE).read_text(encoding="utf-8"))[0][2])
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
   AND (m.role IN ('coordinator', 'partnership_officer') AND m.territory_id = (SELECT id FROM territory)
        OR m.role = 'counsellor' AND m.site_id = (SELECT id FROM site))
 ORDER BY m.role DESC, (SELECT count(*) FROM people_assignment a
                         WHERE a.mission_id = m.id AND a.superseded_at IS NULL AND a.valid @> %(today)s) DESC, m.id
"""


def _largest(maint_url: str, today: date) -> list[tuple[str, int, str]]:
    """(role, id, address) of the coordinator and a partnership officer of the largest territory, by people supported
    today, and of the counsellor who follows most people at its largest site."""
    with psycopg.connect(maint_url) as connection:
        return [(str(role), int(pk), str(email)) for role, pk, email in connection.execute(LARGEST, {"today": today})]


def _clients(port: int, options: argparse.Namespace) -> list[Client]:
    return [Client(port) for _ in range(options.clients)]


def _measure(who: str, page: Page, clients: list[Client], bare: list[Client], options: argparse.Namespace) -> Line:
    def wait(asking: list[Client], address: str) -> Waits:
        return wait_together(asking, address, options.rounds, options.seconds)

    bare_one, one = wait(bare[:1], "/"), wait(clients[:1], page.address)
    bare_several, several = wait(bare, "/"), wait(clients, page.address)
    size = len(clients[0].get(page.address).body)
    return Line(who, page.name, one, several, bare_one, bare_several, page.queries, size)


def _row(line: Line) -> str:
    cells = [line.who, line.page.replace("|", "&#124;")]
    for waits, base in ((line.one, line.bare_one), (line.several, line.bare_several)):
        cells += [f"{waits.p50:.1f}", f"{waits.p95:.1f}", f"{waits.p50 / base.p50:.1f}"]
    return f"| {' | '.join([*cells, str(line.queries), f'{line.size / 1000:.0f}'])} |"


def _bare_row(lines: list[Line], size: int) -> str:
    cells = ["", "a bare Django list of 50 rows"]
    for measured_waits in ([line.bare_one for line in lines], [line.bare_several for line in lines]):
        middle = Waits(*(median(getattr(waits, name) for waits in measured_waits) for name in ("p50", "p95")))
        cells += [f"{middle.p50:.1f}", f"{middle.p95:.1f}", "1.0"]
    return f"| {' | '.join([*cells, '1', f'{size / 1000:.0f}'])} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
