"""Ids: ordered, in their bucket, never twice."""

import os
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from workflow_engine import ids


def test_an_id_is_a_uuid_of_version_7_in_its_roots_bucket() -> None:
    root = ids.new_id()
    for _ in range(100):
        new = ids.new_id(root)
        assert uuid.UUID(new).version == 7
        assert uuid.UUID(new).variant == uuid.RFC_4122
        assert str(uuid.UUID(new)) == new == ids.canonical(new.upper())
        assert ids.partition_of(new) == ids.partition_of(root)


def test_ids_of_one_bucket_ascend() -> None:
    root = ids.new_id()
    made = [ids.new_id(root) for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_many_threads_differ() -> None:
    root = ids.new_id()
    with ThreadPoolExecutor(8) as pool:
        made = [new for some in pool.map(lambda _: [ids.new_id(root) for _ in range(2_000)], range(8)) for new in some]
    assert len(set(made)) == len(made)


def test_roots_spread_over_the_buckets() -> None:
    buckets = Counter(ids.partition_of(ids.new_id()) for _ in range(20_000))
    assert set(buckets) == set(range(256))
    assert max(buckets.values()) < 200


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_makes_ids_of_its_own() -> None:
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, ids.new_id().encode())
        os._exit(0)
    os.wait()
    assert os.read(read, 36).decode() != ids.new_id()


@pytest.mark.parametrize("text", ["", "x", None, 5, "0189" * 8, "01890000-0000-7000-8000-00000000000", "01890000-0000-7000-8000-00000000000g", "../../etc/passwd"])  # fmt: skip
def test_what_is_no_id(text: object) -> None:
    assert ids.canonical(text) is None


def test_business_keys_do_not_run_into_each_other() -> None:
    keys = [("", "p", "k"), ("p", "", "k"), ("", "pk", ""), ("t", "p", "k"), ("tp", "", "k"), ("", "p", "K")]
    made = {ids.business_key_id(*key) for key in keys}
    assert len(made) == len(keys)
    assert ids.business_key_id("t", "p", "k") == ids.business_key_id("t", "p", "k")
    assert all(0 <= ids.partition_of(new) < 256 for new in made)
