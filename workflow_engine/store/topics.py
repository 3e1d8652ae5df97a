"""What a worker asks for: topics, and the filters of each as SQL conditions on its tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow_engine.engine import state
from workflow_engine.models import ProcessDefinition
from workflow_engine.store import tables
from workflow_engine.store.tables import value_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic that a worker asks for, and which of its tasks. `lock_duration` in milliseconds.

    `variables` None hands out every variable, otherwise those of these names; `process_variables` filters by equality.
    """

    topic_name: str
    lock_duration: int
    variables: tuple[str, ...] | None = None
    local_variables: bool = False
    business_key: str | None = None
    process_definition_id: str | None = None
    process_definition_id_in: tuple[str, ...] | None = None
    process_definition_key: str | None = None
    process_definition_key_in: tuple[str, ...] | None = None
    process_definition_version_tag: str | None = None
    process_variables: Mapping[str, Any] = field(default_factory=dict)
    without_tenant_id: bool = False
    tenant_id_in: tuple[str, ...] | None = None
    include_extension_properties: bool = False

    @property
    def is_selective(self) -> bool:
        """Whether some of the topic's tasks will not do."""
        return bool(filters(self)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Tasks that a worker may have, whatever it asks for. None: of all tenants, of all definitions."""

    tenant_ids: tuple[str, ...] | None = None
    definition_keys: tuple[str, ...] | None = None
    definition_ids: tuple[str, ...] = ()


def filters(topic: Topic, only: Only | None = None) -> tuple[str, list[Any]]:
    """The topic's own conditions on its tasks, and those of the worker."""
    parts: list[str] = []
    params: list[Any] = []

    def equal(column: str, value: str | None) -> None:
        if value is not None:
            parts.append(f't."{column}" = %s')
            params.append(value)

    def one_of(column: str, values: Sequence[str] | None) -> None:
        if values:
            parts.append(f't."{column}" IN ({_marks(values)})')
            params.extend(values)

    equal("business_key", topic.business_key)
    equal("process_definition_id", topic.process_definition_id)
    one_of("process_definition_id", topic.process_definition_id_in)
    equal("process_definition_key", topic.process_definition_key)
    one_of("process_definition_key", topic.process_definition_key_in)
    equal("tenant_id", "" if topic.without_tenant_id else None)
    one_of("tenant_id", topic.tenant_id_in)
    if only is not None:
        one_of("tenant_id", only.tenant_ids)
        if only.definition_keys is not None:
            keys, definition_ids = only.definition_keys or ("",), only.definition_ids or ("",)
            parts.append(
                f'(t."process_definition_key" IN ({_marks(keys)}) OR t."process_definition_id" IN ({_marks(definition_ids)}))'
            )
            params += [*keys, *definition_ids]
    if topic.process_definition_version_tag is not None:
        definitions = ProcessDefinition._meta.db_table
        parts.append(f't."process_definition_id" IN (SELECT "id" FROM "{definitions}" WHERE "version_tag" = %s)')  # noqa: S608
        params.append(topic.process_definition_version_tag)
    if topic.process_variables:
        condition, more = _any_variable_equals(topic.process_variables)
        parts.append(condition)
        params += more
    return "".join(f" AND {part}" for part in parts), params


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _any_variable_equals(wanted: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """One of the variables has its value in the process instance's own scope: Camunda joins several by "or"."""
    tests, params = [], []
    for name, value in wanted.items():
        test, more = variable_equals(name, value)
        tests.append(test)
        params += more
    table = tables.of_class(state.Variable).name
    return (
        (
            f'EXISTS (SELECT 1 FROM "{table}" v WHERE v."partition" = t."partition" AND v."task_id" IS NULL'  # noqa: S608
            f' AND v."execution_id" = t."process_instance_id" AND ({" OR ".join(tests)}))'
        ),
        params,
    )


def variable_equals(name: str, value: Any) -> tuple[str, list[Any]]:
    """A variable `v` has this name, type and value."""
    columns = value_columns(name, value)
    tests, params = ['v."name" = %s', 'v."type_name" = %s'], [name, columns["type_name"]]
    for column in ("text_value", "long_value", "double_value"):
        if columns[column] is not None:
            tests.append(f'v."{column}" = %s')
            params.append(columns[column])
    return f"({' AND '.join(tests)})", params
