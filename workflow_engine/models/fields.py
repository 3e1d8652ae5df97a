"""Field classes of the engine's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _ForeignKey = models.ForeignKey[Any, Any]
else:
    _ForeignKey = models.ForeignKey


class RowReference(_ForeignKey):
    """A reference to a row that the engine writes: joins and `select_related`, but no constraint and no index of its own.

    The engine keeps the references right under the root's lock; a constraint would lock the parent row with every insert,
    and with a partitioned table it would have to hold the partition too. Indexes are declared where a query needs them.
    """

    def __init__(self, to: Any, verbose_name: Any = None, **options: Any) -> None:
        options.setdefault("on_delete", models.DO_NOTHING)
        options.setdefault("db_constraint", False)
        options.setdefault("db_index", False)
        options.setdefault("related_name", "+")
        super().__init__(to, verbose_name=verbose_name, **options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, options = super().deconstruct()
        # The parent class leaves out what is its own default.
        options.setdefault("db_index", getattr(self, "db_index", False))
        return name, path, args, options
