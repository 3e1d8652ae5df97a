"""News goes only where somebody waits for it, and is never missed by who begins to wait just then."""

from __future__ import annotations

from workflow_engine.wakeup.interest import EVERY, LEASE, MOST_TOPICS, OfOthers, Own


class Others:
    """What is known of them, at a time of the test's own."""

    def __init__(self, *, is_settled: bool = True) -> None:
        self.time = 100.0
        self.known = OfOthers(lambda: self.time)
        self.known.listening(True)
        if is_settled:
            self.time += LEASE


def test_who_does_not_listen_tells_everything() -> None:
    known = OfOthers()
    assert known.wanted(["a"]) == ["a"]
    assert known.wanted(None) is None


def test_at_first_others_may_be_waiting_for_anything() -> None:
    others = Others(is_settled=False)
    assert others.known.wanted(["a"]) == ["a"]
    others.time += LEASE
    assert others.known.wanted(["a"]) == set()
    others.known.listening(False)
    assert others.known.wanted(["a"]) == ["a"]


def test_only_topics_that_are_waited_for_are_told() -> None:
    others = Others()
    assert others.known.hear(["a"]) == set()
    assert others.known.wanted(["a", "b"]) == {"a"}
    others.time += LEASE - EVERY
    others.known.hear(["a"])
    others.time += EVERY
    assert others.known.wanted(["a"]) == {"a"}
    others.time += LEASE
    assert others.known.wanted(["a"]) == set()


def test_who_begins_to_wait_hears_of_what_was_kept_back_and_hears_it_once() -> None:
    others = Others()
    others.known.wanted(["a", "b"])
    assert others.known.hear(["b", "c"]) == {"b"}
    assert others.known.hear(["a", "b"]) == {"a"}


def test_news_of_any_topic_goes_to_whoever_waits() -> None:
    others = Others()
    others.known.hear(["a"])
    assert others.known.wanted(None) is None


def test_news_of_any_topic_that_was_kept_back_may_be_of_every_topic() -> None:
    others = Others()
    assert others.known.wanted(None) == ()
    assert others.known.hear(["a"]) is None
    assert others.known.hear(["b"]) == set()


def test_somebody_may_wait_for_any_topic() -> None:
    others = Others()
    assert others.known.hear(None) is None
    assert others.known.wanted(["a"]) == ["a"]
    others.time += LEASE
    assert others.known.wanted(["a"]) == set()


def test_what_is_remembered_is_bounded() -> None:
    others = Others()
    others.known.wanted([f"t{number}" for number in range(MOST_TOPICS + 1)])
    assert others.known.hear(["a"]) is None
    others.time += LEASE
    assert others.known.hear(["t1"]) == set()


def test_each_topic_of_our_own_is_told_at_once_and_then_about_every_second() -> None:
    own = Own()
    assert own.due(["a"], 0.0) == ["a"]
    own.told(["a"], 0.0)
    assert own.due(["a", "b"], 0.5) == ["b"]
    own.told(["b"], 0.5)
    assert own.next(["a", "b"]) == EVERY
    assert own.due(["a", "b"], EVERY) == ["a"]
    # Whoever comes back within the second is still believed to be there.
    assert own.due([], EVERY) == []
    assert own.next([]) == float("inf")
