"""Deploys model files from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflow_engine.bpmn import InvalidModel
from workflow_engine.engine.errors import EngineError
from workflow_engine.services import repository


class Command(BaseCommand):
    help = "Deploys files (BPMN models, forms) as one deployment and prints the process definitions that came of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--name", help="the deployment's name (default: the first file's)")
        parser.add_argument("--tenant", default="", help="the tenant that it is for")
        parser.add_argument(
            "--changed-only", action="store_true", help="leave out files that are deployed under this name already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Called from Python, the files may come as texts.
        files = [Path(file) for file in options["files"]]
        result = self._deploy(files, options["name"] or files[0].name, options["tenant"], options["changed_only"])
        if not result.is_new:
            self.stdout.write("Everything is deployed already; nothing has changed.")
            return
        self.stdout.write(f"Deployment {result.deployment.name} ({result.deployment.pk}):")
        for definition in result.definitions:
            self.stdout.write(f"  {definition.key} version {definition.version} ({definition.pk})")
        for warning in result.warnings:
            self.stderr.write(f"  Warning: {warning}")

    def _deploy(self, files: list[Path], name: str, tenant: str, is_changed_only: bool) -> repository.DeploymentResult:
        try:
            resources = {file.name: file.read_bytes() for file in files}
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        if len(resources) < len(files):
            raise CommandError("Two of the files have the same name: a deployment tells its resources apart by it.")
        try:
            return repository.deploy(
                resources=resources,
                name=name,
                source="workflow_deploy",
                tenant_id=tenant,
                deploy_changed_only=is_changed_only,
            )
        except (EngineError, InvalidModel) as error:
            raise CommandError(str(error)) from error
