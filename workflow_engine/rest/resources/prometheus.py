"""/prometheus: the engine's figures in the format that Prometheus reads. Ours, not Camunda's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.resources.metrics import VIEW
from workflow_engine.services import figures, metrics

PREFIX = "workflow_engine_"


class Collector:
    """For a registry of prometheus_client; a site may register it with its own."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        families: dict[str, Any] = {}
        for figure in figures.figures():
            family = families.get(figure.name)
            if family is None:
                family = families[figure.name] = GaugeMetricFamily(
                    PREFIX + figure.name, figures.HELP[figure.name], labels=list(figure.labels)
                )
            family.add_metric(list(figure.labels.values()), figure.value)
        yield from families.values()
        events = CounterMetricFamily(
            PREFIX + "events", "What the engine has done, by Camunda's metric name.", labels=["name"]
        )
        for name in sorted(metrics.NAMES):
            events.add_metric([name], metrics.total(name))
        yield events
        yield from self._measures()

    def _measures(self) -> Iterator[Any]:
        """Of every process that was seen lately, whichever is asked; what belongs to this one is written down first."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        metrics.publish()
        commands = HistogramMetricFamily(
            PREFIX + "command_duration_seconds",
            "How long commands took, by their name and how they ended: done, refused or failed.",
            labels=["command", "outcome", "reporter"],
        )
        tasks = CounterMetricFamily(
            PREFIX + "external_task_events",
            "What became of external tasks: created, fetched, completed, failed or deleted.",
            labels=["topic", "event", "reporter"],
        )
        for process in metrics.published():
            for name, outcome, counts, seconds in process.figures["commands"]:
                commands.add_metric([name, outcome, process.reporter], _buckets(counts), seconds)
            for topic, event, count in process.figures["tasks"]:
                tasks.add_metric([topic, event, process.reporter], count)
        yield commands
        yield tasks


def _buckets(counts: list[int]) -> list[tuple[str, float]]:
    """Each with all that is below it, as Prometheus wants them."""
    ends = [*map(str, metrics.BOUNDS), "+Inf"]
    return list(zip(ends, accumulate(counts), strict=True))


class Prometheus(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request) -> HttpResponse:
        try:
            from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        except ImportError:
            message = (
                "The package prometheus-client is not installed: pip install django-workflow-engine-bpmn[metrics]."
            )
            raise RestError(message, status=501, type_name="NotImplementedException") from None
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Collector())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


urlpatterns = [path("prometheus", Prometheus.as_view())]
