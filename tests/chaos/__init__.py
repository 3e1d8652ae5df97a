"""Real processes under a seeded plan of faults, and a ledger outside the engine that counts what workers did.

    python -m tests.chaos --minutes 2 --seed 7

`plan` says what will go wrong and when, `faults` does it to the `site`; `starters`, `messages` and `operators` are the
callers, `worker.py` and `stock_worker.mjs` the workers; all of them talk through the `network`, which keeps the `journal`.
When everything is healed and drained, the `judge` compares the journal, the ledger and the engine's history.
"""
