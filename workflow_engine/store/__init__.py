"""Loading and writing rows for the engine, in few statements and without the ORM.

    database.py        which database, and its dialect: the one seam between PostgreSQL and SQLite
    codec.py, tables.py  a model's columns, and how values travel to them and back
    loader.py          rows on demand, with snapshots
    history.py         what happened -> history rows
    unit_of_work.py    one command: one transaction, the root locked first, everything written at its end
    fetch.py           external tasks for workers
    definitions.py     compiled definitions, cached

All hand-written SQL of the project is in this package. Holds no rules of BPMN.
"""
