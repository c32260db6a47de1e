"""Clients that ask for pages over one kept connection each, and what they waited."""

from __future__ import annotations

import http.client
import re
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from urllib.parse import urlencode

from benchmarks.parts.serving import HOST
from convergence.cli.errors import OperatorError

WARMING = 3
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """One answer: status, body, and how long until its last byte, in milliseconds."""

    status: int
    body: bytes
    milliseconds: float


@dataclass(frozen=True)
class Waits:
    """Milliseconds waited for a page by all the clients together."""

    p50: float
    p95: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> Waits:
        cuts = statistics.quantiles(milliseconds, n=20, method="inclusive")
        return cls(statistics.median(milliseconds), cuts[18])


class Client:
    """A browser without a cache: cookies, one connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=120)
        self.cookies: dict[str, str] = {}

    def get(self, address: str) -> Answer:
        return self._ask("GET", address)

    def sign_in(self, email: str, password: str) -> None:
        """Through the form, as people do.

        :raises OperatorError: refused.
        """
        form = self.get("/compte/login/").body.decode()
        token = TOKEN.search(form)
        given = {"login": email, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        answer = self._ask("POST", "/compte/login/", urlencode(given))
        if answer.status != http.HTTPStatus.FOUND or "sessionid" not in self.cookies:
            raise OperatorError(f"Le compte {email} ne s’est pas connecté (réponse {answer.status}).")

    def _ask(self, method: str, address: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, address, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        waited = (time.perf_counter() - began) * 1000
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, content, waited)


def wait_together(clients: Sequence[Client], address: str, rounds: int, seconds: float) -> Waits:
    """Every client asks for the page, ``rounds`` times or for ``seconds``, whichever comes first; all at once."""
    start = Barrier(len(clients))

    def ask(client: Client) -> list[float]:
        try:
            return waited(client.get, address, rounds, seconds, start.wait)
        except OperatorError:
            start.abort()  # nobody waits for one who will not come
            raise

    with ThreadPoolExecutor(len(clients)) as threads:
        return Waits.of([each for waits in threads.map(ask, clients) for each in waits])


def waited(
    get: Callable[[str], Answer], address: str, rounds: int, seconds: float, ready: Callable[[], object]
) -> list[float]:
    """Milliseconds of each answer, once warm.

    :raises OperatorError: an answer that is not 200.
    """
    for _ in range(WARMING):
        _milliseconds(get, address)
    ready()
    found: list[float] = []
    deadline = time.perf_counter() + seconds
    while len(found) < rounds and (time.perf_counter() < deadline or len(found) < 2):
        found.append(_milliseconds(get, address))
    return found


def _milliseconds(get: Callable[[str], Answer], address: str) -> float:
    answer = get(address)
    if answer.status != http.HTTPStatus.OK:
        raise OperatorError(f"{address} répond {answer.status} pendant la mesure.")
    return answer.milliseconds
