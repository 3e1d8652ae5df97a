"""What all requests that make a batch have in common: which things it is for, and the answer.

The sweeper carries a batch out later and asks nobody what the caller may see, so every thing is looked at here: queries and
ids alike are narrowed. Who sees everything may name things that are not there, as in Camunda: they fail one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from workflow_engine import ids, models
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.request_body import MAX_TEXT, Body
from workflow_engine.rest.resources.batch.rows import batch_json
from workflow_engine.rest.resources.history.process_instance import VIEW as VIEW_HISTORY
from workflow_engine.rest.resources.history.process_instance import HistoricProcessInstanceQuery
from workflow_engine.rest.resources.process_instance.rows import ProcessInstanceQuery
from workflow_engine.rest.rows import missing
from workflow_engine.services import batch as service
from workflow_engine.services.visibility import visible

AT_ONCE = 500


class CreateBatch(EngineView):
    """Chosen are the named things and those that queries find, each once."""

    knows_definitions = True

    def created(
        self, kind: str, items: Iterator[str], options: Mapping[str, Any], tenant_id: str | None = None
    ) -> HttpResponse:
        made = service.create(
            kind, items, options, tenant_id=self.only_tenant() if tenant_id is None else tenant_id, user=self.user_id
        )
        return json_answer(batch_json(made))

    def only_tenant(self) -> str:
        """A batch belongs to its creator's tenant, where that is one."""
        mine = None if self.visibility is None else self.visibility.tenants
        return next(iter(mine)) if mine is not None and len(mine) == 1 else ""

    def instances(self, body: Body, name: str = "processInstanceIds") -> Iterator[str]:
        """Running instances; found through history as well."""
        return together(
            self.named(body, name, models.ProcessInstance, "Process instance"),
            self.found(body, "processInstanceQuery", ProcessInstanceQuery),
            self.historic(body),
        )

    def ended(self, body: Body, name: str = "historicProcessInstanceIds") -> Iterator[str]:
        """Instances as history knows them."""
        named = self.named(body, name, models.HistoricProcessInstance, "Historic process instance")
        return together(named, self.historic(body))

    def historic(self, body: Body) -> Iterator[str] | None:
        if body.object("historicProcessInstanceQuery") is not None:
            self.require(VIEW_HISTORY)
        return self.found(body, "historicProcessInstanceQuery", HistoricProcessInstanceQuery)

    def named(self, body: Body, name: str, model: Any, what: str) -> Iterator[str] | None:
        given = body.text_list(name)
        if given is None:
            return None
        if any(len(one) > MAX_TEXT for one in given):
            raise body.refusal(name, f"holds an id of more than {MAX_TEXT} characters")
        chosen = list(dict.fromkeys(ids.canonical(one) or one for one in given))
        if self.visibility is not None:
            self._refuse_hidden(chosen, model, what)
        return iter(chosen)

    def _refuse_hidden(self, chosen: list[str], model: Any, what: str) -> None:
        """What there is not, and what the caller may not see: both alike."""
        for start in range(0, len(chosen), AT_ONCE):
            some = chosen[start : start + AT_ONCE]
            rows = model.objects.filter(pk__in=[one for one in some if ids.canonical(one)])
            seen = set(map(str, visible(rows).values_list("pk", flat=True)))
            for one in some:
                if one not in seen:
                    raise missing(what, one)

    def found(self, body: Body, name: str, kind: type[ListQuery]) -> Iterator[str] | None:
        asked = body.object(name)
        if asked is None:
            return None
        query = kind(asked.values)
        for permission in sorted(query.needed_permissions):
            self.require(permission)
        return keys(query.queryset())

    def of_instances(self, instances: Iterator[str], rows: QuerySet[Any]) -> Iterator[str]:
        """The rows of these instances that the caller may see."""
        return _of_instances(instances, visible(rows))  # narrowed now, while it is still the caller who asks

    def definition(self, body: Body) -> models.ProcessDefinition:
        definition_id = body.text("processDefinitionId", 320)
        if definition_id is None:
            raise RestError("processDefinitionId is null")
        found: models.ProcessDefinition | None = visible(
            models.ProcessDefinition.objects.filter(pk=definition_id)
        ).first()
        if found is None:
            raise RestError(
                f"no deployed process definition found with id '{definition_id}': processDefinition is null"
            )
        return found


def _of_instances(instances: Iterator[str], rows: QuerySet[Any]) -> Iterator[str]:
    while some := list(islice(instances, AT_ONCE)):
        yield from keys(rows.filter(process_instance_id__in=[one for one in some if ids.canonical(one)]))


def keys(rows: QuerySet[Any]) -> Iterator[str]:
    """Read as they are asked for, so that memory never holds them all."""
    return map(str, rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2_000))


def together(*sources: Iterator[str] | None) -> Iterator[str]:
    given = [source for source in sources if source is not None]
    return given[0] if len(given) == 1 else _distinct(given)


def _distinct(sources: list[Iterator[str]]) -> Iterator[str]:
    known: set[str] = set()
    for source in sources:
        for one in source:
            if one not in known:
                known.add(one)
                yield one
