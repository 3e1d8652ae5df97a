"""The network passes on what it should, and loses what it was told to lose: with a replica that counts what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.calling import Caller, NoAnswer
from tests.chaos.journal import Journal
from tests.chaos.network import Network
from tests.support.waiting import wait_until

pytestmark = pytest.mark.one_database

START = "/process-definition/key/order/start"


class Replica(ThreadingHTTPServer):
    """Answers a start with the number of those it has seen; refuses what it does not know."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[Any] = []
        self.may_answer = threading.Event()
        self.may_answer.set()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        replica: Any = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        replica.bodies.append(body)
        replica.may_answer.wait(60)
        is_known = self.path.endswith("/start")
        answer = json.dumps({"id": f"instance-{len(replica.bodies)}"}).encode()
        self.send_response(200 if is_known else 404)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(answer), answer))

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica() as replica:
        thread = threading.Thread(target=replica.serve_forever)
        thread.start()
        yield replica
        replica.may_answer.set()
        replica.shutdown()
        thread.join()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def network(replica: Replica, journal: Journal) -> Iterator[Network]:
    # The first is away: a load balancer goes on to the next.
    with Network(lambda: [("away", 1), ("here", replica.server_port)], journal) as network:
        yield network


def test_what_goes_through_is_in_the_journal(network: Network, replica: Replica, journal: Journal) -> None:
    assert Caller(network.port).call("POST", START, {"businessKey": "1"}, key="k") == (200, {"id": "instance-1"})
    assert replica.bodies == [{"businessKey": "1"}]
    wait_until(lambda: journal.exchanges()[0].fate == "answered")
    (entry,) = journal.exchanges("start")
    assert (entry.key, entry.instance, entry.replica, entry.status) == ("k", "instance-1", "here", 200)


def test_an_answer_is_swallowed_after_the_replica_gave_it(network: Network, replica: Replica, journal: Journal) -> None:
    swallowed = network.lose("start", "swallowed")
    caller = Caller(network.port)
    # Not this kind.
    assert caller.call("POST", "/message", {})[0] == 404
    with pytest.raises(NoAnswer):
        caller.call("POST", START, {})
    assert swallowed.is_set()
    assert caller.insist("POST", START, {}, stop=threading.Event()) == (200, {"id": "instance-3"})
    first, second = journal.exchanges("start")
    assert (first.fate, first.instance, second.instance) == ("swallowed", "instance-2", "instance-3")


def test_a_connection_is_cut_while_the_replica_works(network: Network, replica: Replica, journal: Journal) -> None:
    replica.may_answer.clear()
    cut = network.lose("start", "cut")
    with pytest.raises(NoAnswer):
        Caller(network.port).call("POST", START, {})
    assert cut.is_set()
    (entry,) = journal.exchanges("start")
    assert (entry.fate, entry.status) == ("cut", None)


def test_a_client_that_hangs_up_is_noticed(network: Network, replica: Replica, journal: Journal) -> None:
    replica.may_answer.clear()
    with pytest.raises(NoAnswer):
        Caller(network.port).call("POST", START, {}, timeout=0.5)
    wait_until(lambda: [entry.fate for entry in journal.exchanges()] == ["client gone"])


def test_nobody_is_there(journal: Journal) -> None:
    with Network(list, journal) as network:
        assert Caller(network.port).call("POST", START, {}) == (502, None)
    assert journal.exchanges() == []
