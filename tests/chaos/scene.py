"""Everything that takes part in a run, put together and not yet started."""

from __future__ import annotations

import threading

from tests.chaos.calling import Caller
from tests.chaos.database import Database
from tests.chaos.journal import Journal
from tests.chaos.messages import Messages
from tests.chaos.network import Network
from tests.chaos.operators import Operator
from tests.chaos.options import Options
from tests.chaos.plan import wrong_clocks
from tests.chaos.site import Site
from tests.chaos.starters import Orders, Starters


class Scene:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.ledger = options.folder / "ledger"
        self.ledger.mkdir(parents=True)
        self.database = Database()
        self.journal = Journal(options.folder / "journal.jsonl")
        sizes = {"web": options.webs, "sweeper": options.sweepers, "worker": options.workers}
        self.site = Site(options.folder, self.database.url, sizes, wrong_clocks(options.seed, sizes))
        self.network = Network(self.site.replicas, self.journal)
        self.caller = Caller(self.network.port)
        self.orders = Orders(options.seed)
        self.starters = Starters(self.caller, self.orders, options.starters, self._has_room)
        self.messages = Messages(self.caller, self.orders, options.seed)
        self.operator = Operator(self.caller)
        self.live = 0  # instances, when they were last counted
        self.is_healed = threading.Event()  # the faults are over

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.network.port}/engine-rest"

    def _has_room(self) -> bool:
        most = self.options.instances
        return self.live < self.options.open and (most is None or len(self.orders.all()) < most)
