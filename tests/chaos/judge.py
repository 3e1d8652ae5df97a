"""Compares what was promised with what has become of it: starts, ends, effects, messages and timers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.courses import TIMERS
from tests.chaos.deliveries import Deliveries
from tests.chaos.history import Activity, History
from tests.chaos.journal import Journal
from tests.chaos.ledger import Effect
from tests.chaos.starters import Order
from tests.chaos.violations import Violation

# Both moments are cut to milliseconds.
ROUNDING = 0.0015
_COUNTED = ("Task", "BoundaryEvent", "callActivity")


class Judge:
    def __init__(
        self, orders: list[Order], history: History, journal: Journal, effects: list[Effect], deliveries: Deliveries
    ) -> None:
        self._orders, self._history, self._journal = orders, history, journal
        self._effects, self._deliveries = effects, deliveries
        self.ends: Counter[str] = Counter()

    def judge(self) -> Iterator[Violation]:
        yield from self._starts()
        for order in self._orders:
            if order.instance in self._history.instances:
                yield from self._end(order, order.instance)
        yield from self._work()
        yield from self._timers()
        yield from self._incidents()
        yield from self._errors()

    def _starts(self) -> Iterator[Violation]:
        answered: dict[str, set[str]] = defaultdict(set)
        for exchange in self._journal.exchanges("start"):
            if exchange.instance is not None and exchange.key is not None:
                answered[exchange.key].add(exchange.instance)
        for order in self._orders:
            if order.refusal is not None:
                yield Violation("refused", order.business_key, order.refusal)
            elif order.instance is None:
                yield Violation("unacknowledged", order.business_key, order.course.key)
            found = self._history.by_business_key.pop((order.course.key, order.business_key), [])
            ids = {row["id"] for row in found}
            # Also what an answer said that nobody heard.
            for told in {order.instance, *answered[order.key]} - {None}:
                if told not in ids:
                    yield Violation("lost", order.business_key, f"its start was acknowledged as {told}")
            if len(ids) > 1:
                yield Violation("doubled", order.business_key, f"instances {sorted(ids)}")
        for (key, business_key), rows in self._history.by_business_key.items():
            yield Violation("doubled", business_key, f"nobody asked for {key} {rows[0]['id']}")

    def _end(self, order: Order, instance: str) -> Iterator[Violation]:
        row, activities = self._history.instances[instance], self._history.activities[instance]
        if row["endTime"] is None:
            open_ones = sorted(one.activity_id for one in activities if one.ended is None)
            yield Violation("stuck", instance, f"{order.course.key} waits in {open_ones}")
            return
        ends = [one.activity_id for one in activities if _is_end(one) and one.process_instance == instance]
        done = Counter(one.activity_id for one in activities if one.has_completed and _is_counted(one))
        self.ends.update(f"{order.course.key} {end}" for end in ends)
        is_allowed = any(ends == [way.end] and done == Counter(way.done) for way in order.course.ways)
        if row["state"] != "COMPLETED" or not is_allowed:
            yield Violation("wrong end", instance, f"{order.course.key} is {row['state']} at {ends} after {dict(done)}")
        yield from _messages(order, done)

    def _work(self) -> Iterator[Violation]:
        """Each completed task was done by a worker, each acknowledged completion is there, and nobody worked uncalled."""
        worked = {effect.activity_instance for effect in self._effects}
        delivered = {
            delivery.activity_instance: task
            for task, given in self._deliveries.of_task.items()
            for _, delivery in given
        }
        for activities in self._history.activities.values():
            for one in activities:
                if one.id in self._history.handed_in and one.has_completed and one.id not in worked:
                    yield Violation("no effect", one.id, f"{one.activity_id} has completed")
        for activity, task in delivered.items():
            found = self._history.by_id.get(activity)
            if self._deliveries.is_completed(task) and (found is None or not found.has_completed):
                yield Violation("lost", task, f"its completion was acknowledged, {activity} has not completed")
        for activity in worked - delivered.keys():
            yield Violation("foreign effect", activity, "no fetch handed it out")

    def _timers(self) -> Iterator[Violation]:
        for activities in self._history.activities.values():
            for one in activities:
                name, seconds = TIMERS.get((one.process_key, one.activity_id), ("", 0.0))
                if not name or one.ended is None or one.is_canceled:
                    continue
                hosts = [
                    host.started for host in activities
                    if host.activity_id == name and host.process_instance == one.process_instance
                    and host.started <= one.ended
                ]  # fmt: skip
                if one.ended - max(hosts, default=one.ended) < seconds - ROUNDING:
                    yield Violation("early", one.id, f"{one.activity_id} fired before {seconds:g} s had passed")

    def _incidents(self) -> Iterator[Violation]:
        poisoned = {order.instance for order in self._orders if order.course.is_poison}
        for row in self._history.incidents:
            if row["processInstanceId"] not in poisoned:
                message = f"{row['incidentType']} at {row['activityId']}: {row['incidentMessage']}"
                yield Violation("incident", str(row["processInstanceId"]), message)

    def _errors(self) -> Iterator[Violation]:
        for exchange in self._journal.exchanges():
            if exchange.status is not None and exchange.status >= 500 and exchange.status not in (502, 503):
                yield Violation(
                    "error", exchange.kind, f"{exchange.status} from {exchange.replica} at {exchange.sent:.3f}"
                )


def _messages(order: Order, done: Counter[str]) -> Iterator[Violation]:
    caught = sum(done[name] for name in ("PaymentReceived", "first", "second"))
    if caught < len(order.message_keys):
        yield Violation(
            "lost", str(order.instance), f"{len(order.message_keys)} messages were acknowledged, {caught} arrived"
        )


def _is_end(one: Activity) -> bool:
    return one.type.endswith("EndEvent")


def _is_counted(one: Activity) -> bool:
    is_event = one.type.startswith(("intermediate", "boundary"))
    return is_event or one.type.endswith(_COUNTED)
