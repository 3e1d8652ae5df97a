"""python -m workflow_engine.client module:worker [--url ...]: runs the Worker that a module holds.

User and password or token come from the environment only, because everybody on a machine can read command lines.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys

from workflow_engine.client.worker import Worker


def find_worker(path: str) -> Worker:
    module, _, name = path.partition(":")
    worker = getattr(importlib.import_module(module), name or "worker")
    if not isinstance(worker, Worker):
        raise TypeError(f"{path} is a {type(worker).__name__}, not a Worker.")
    return worker


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m workflow_engine.client",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("worker", help="where the Worker is: module:name (the name defaults to worker)")
    parser.add_argument("--url", help="the engine's REST API (WORKFLOW_ENGINE_URL)")
    parser.add_argument("--worker-id", help="this worker's own name")
    parser.add_argument("--threads", type=int, help="tasks that run at the same time")
    parser.add_argument("--log-level", default="INFO", help="DEBUG, INFO, WARNING or ERROR")
    options = parser.parse_args()
    logging.basicConfig(level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # As `python -m` in the current folder would find it.
    sys.path.insert(0, os.getcwd())
    worker = find_worker(options.worker)
    worker.base_url = options.url or worker.base_url
    worker.worker_id = options.worker_id or worker.worker_id
    worker.threads = options.threads or worker.threads
    worker.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
