"""A small mail server on this machine, which answers by the domain of the recipient."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

ANSWERS = {
    "refused.example": "550 5.1.1 <{}> nobody of that name",
    "full.example": "450 4.2.2 <{}> mailbox full",
    "relay.example": "550 5.7.1 <{}> relaying denied",
}


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.accepted: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                self._recipient(line.split(b"<")[1].split(b">")[0].decode())
            elif verb == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                self._say("250 kept")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _recipient(self, address: str) -> None:
        refusal = ANSWERS.get(address.split("@")[1])
        if refusal is None:
            assert isinstance(self.server, Server)
            self.server.accepted.append(address)
        self._say(refusal.format(address) if refusal else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def mail_server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
