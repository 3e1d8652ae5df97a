"""Building stones of list queries: what a parameter's text is converted to, and which condition on the rows it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q, QuerySet

from workflow_engine import ids
from workflow_engine.rest import convert
from workflow_engine.rest.listing.lookups import like as like_condition

NOTHING = Q(pk__in=())
# Among the arguments of one of the orQueries: what is asked for several times need hold once only.
ALTERNATIVES = "orQueries"
Arguments = Mapping[str, Any]  # all converted parameters of the request, for those that only make sense together


@dataclass(frozen=True, slots=True)
class Parameter:
    """`condition` None: an option that other parameters or the presentation read.

    `permission`: what one must be allowed to see, because the answer would tell it even where it is not shown.
    """

    convert: Callable[[Any], Any]
    condition: Callable[[Any, Arguments], Q | None] | None = None
    permission: str | None = None


def equals(field: str, converter: Callable[[Any], Any] = convert.text) -> Parameter:
    return Parameter(converter, lambda value, _: Q(**{field: value}))


def any_of(field: str, converter: Callable[[Any], Any] = convert.text_list) -> Parameter:
    """An empty list asks for nothing in particular, as in Camunda."""
    return Parameter(converter, lambda values, _: Q(**{f"{field}__in": values}) if values else None)


def none_of(field: str) -> Parameter:
    return Parameter(convert.text_list, lambda values, _: ~Q(**{f"{field}__in": values}) if values else None)


def row_id(field: str) -> Parameter:
    """Of a row whose id is a UUID. A text that is none names no row: the answer is empty, not an error."""

    def condition(value: str, _: Arguments) -> Q:
        known = ids.canonical(value)
        return NOTHING if known is None else Q(**{field: known})

    return Parameter(convert.text, condition)


def row_ids(field: str, *, excluded: bool = False) -> Parameter:
    def condition(values: list[str], _: Arguments) -> Q | None:
        if not values:
            return None
        known = Q(**{f"{field}__in": [value for value in map(ids.canonical, values) if value]})
        return ~known if excluded else known

    return Parameter(convert.text_list, condition)


def like(field: str) -> Parameter:
    return Parameter(convert.text, lambda pattern, _: like_condition(field, pattern))


def same_text(field: str) -> Parameter:
    """Whatever the case of its letters, as Camunda compares names and descriptions of tasks."""
    return Parameter(convert.text, lambda value, _: Q(**{f"{field}__iexact": value}))


def like_text(field: str) -> Parameter:
    return Parameter(convert.text, lambda pattern, _: like_condition(field, pattern, ignore_case=True))


def opposite(parameter: Parameter) -> Parameter:
    """Rows for which it does not hold."""

    def condition(value: Any, arguments: Arguments) -> Q | None:
        found = parameter.condition(value, arguments) if parameter.condition else None
        return None if found is None else ~found

    return Parameter(parameter.convert, condition)


def compare(lookup: str, converter: Callable[[Any], Any]) -> Parameter:
    """`lookup` with its comparison: "priority__gte"."""
    return Parameter(converter, lambda value, _: Q(**{lookup: value}))


def after(field: str, *, inclusive: bool = False) -> Parameter:
    return compare(f"{field}__{'gte' if inclusive else 'gt'}", convert.date)


def before(field: str, *, inclusive: bool = False) -> Parameter:
    return compare(f"{field}__{'lte' if inclusive else 'lt'}", convert.date)


def flag(condition: Q | Callable[[], Q], otherwise: Q | None = None) -> Parameter:
    """True asks for the condition; false asks for nothing, unless `otherwise` says for what."""

    def chosen(value: bool, _: Arguments) -> Q | None:
        if value:
            return condition() if callable(condition) else condition
        return otherwise

    return Parameter(convert.boolean, chosen)


def option(converter: Callable[[Any], Any] = convert.boolean, *, permission: str | None = None) -> Parameter:
    return Parameter(converter, permission=permission)


def tenants(field: str = "tenant_id") -> dict[str, Parameter]:
    """tenantIdIn and withoutTenantId."""
    return {"tenantIdIn": any_of(field), "withoutTenantId": flag(Q(**{field: ""}))}


def related(rows: Callable[[], QuerySet[Any]], parameter: Parameter, *, absent: bool = False) -> Parameter:
    """`parameter` holds for some other row that belongs to the listed one; `rows` has the OuterRef that says which."""

    def condition(value: Any, arguments: Arguments) -> Q | None:
        inner = parameter.condition(value, arguments) if parameter.condition else None
        if inner is None:
            return None
        found = Exists(rows().filter(inner))
        return Q(~found if absent else found)

    return Parameter(parameter.convert, condition)
