"""Lets schemathesis send what our description allows, and what it does not, to a server of its own.

    python -m scripts.fuzz_api [sqlite|postgres] [schemathesis' own arguments]

A 500, or an answer that is not described, fails. The caller is a superuser, and the server holds something to be found.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from scripts.site_process import AUTHORIZATION, fresh_database, site

ROOT = Path(__file__).resolve().parent.parent
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Nobody may lock out the fuzzer, and a long poll is worth waiting for elsewhere.
LEFT_OUT = r"^/docs/|^/user/\{|members|^/authorization|^/tenant/\{|^/group/\{"


class Server:
    def __init__(self, base: str) -> None:
        self.base = f"{base}/engine-rest"

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{path}", data, method=method)
        request.add_header("Authorization", AUTHORIZATION)
        request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read()
        return json.loads(content) if content else None


def deploy(server: Server, model: str) -> None:
    boundary = "----fuzz"
    form = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="deployment-name"\r\n\r\nfuzz\r\n--{boundary}\r\n'
        f'Content-Disposition: form-data; name="data"; filename="fuzz.bpmn"\r\n\r\n{model}\r\n--{boundary}--\r\n'
    )
    server.call("POST", "/deployment/create", form.encode(), f"multipart/form-data; boundary={boundary}")


def furnish(server: Server) -> dict[str, list[str]]:
    """Deploys and starts something of every kind; gives the ids that may stand in addresses, by parameter."""
    deploy(server, MODEL)
    for number in range(6):
        values = {"n": {"value": number, "type": "Integer"}, "s": {"value": "ä", "type": "String"}}
        server.call("POST", "/process-definition/key/fuzz/start", {"businessKey": f"b{number}", "variables": values})
    found: dict[str, list[str]] = {"key": ["fuzz"], "name": ["n", "s"], "message_name": ["go"], "tenant_id": ["t"]}
    for parameter, path in LISTS.items():
        found[parameter] = [row["id"] for row in server.call("GET", f"{path}?maxResults=20")]
    for task in found["task_id"][:2]:
        server.call("POST", f"/task/{task}/comment/create", {"message": "fuzz"})
    return found


LISTS = {
    "task_id": "/task", "instance_id": "/process-instance", "execution_id": "/execution", "job_id": "/job",
    "definition_id": "/process-definition", "deployment_id": "/deployment", "incident_id": "/incident",
    "variable_id": "/history/variable-instance", "activity_instance_id": "/history/activity-instance",
    "detail_id": "/history/detail", "log_id": "/history/job-log", "filter_id": "/filter",
}  # fmt: skip
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:message id="m" name="go"/>
  <bpmn:process id="fuzz" isExecutable="true" camunda:historyTimeToLive="30">
    <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="fork"/>
    <bpmn:parallelGateway id="fork"/>
    <bpmn:sequenceFlow id="f1" sourceRef="fork" targetRef="approve"/><bpmn:userTask id="approve" camunda:candidateGroups="g"/>
    <bpmn:sequenceFlow id="f2" sourceRef="fork" targetRef="work"/>
    <bpmn:serviceTask id="work" camunda:type="external" camunda:topic="work"/>
    <bpmn:sequenceFlow id="f3" sourceRef="fork" targetRef="wait"/>
    <bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f4" sourceRef="fork" targetRef="later"/>
    <bpmn:intermediateCatchEvent id="later"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H
      </bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
  </bpmn:process>
</bpmn:definitions>"""


def fuzz(base: str, arguments: list[str]) -> int:
    server = Server(base)
    known = furnish(server)
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(ROOT / "scripts" / "schemathesis.toml")),
        *("run", f"{server.base}/openapi.json", "--header", f"Authorization: {AUTHORIZATION}"),
        *("--checks", CHECKS, "--exclude-path-regex", LEFT_OUT, "--exclude-method", "OPTIONS"),
        *("--suppress-health-check", "all", "--warnings", "off", "--no-color", "--request-timeout", "30"),
        *("--generation-database", "none", *arguments),
    ]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "scripts.fuzz_hooks",
        "FUZZ_KNOWN": json.dumps(known),
        "PYTHONPATH": str(ROOT),
    }
    with tempfile.TemporaryDirectory() as folder:  # where it leaves its notes
        return subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL).returncode


def main(arguments: list[str]) -> int:
    database = "postgres" if "postgres" in arguments else "sqlite"
    own = [argument for argument in arguments if argument not in ("sqlite", "postgres")]
    with fresh_database(database) as url, site(url) as base:
        if code := fuzz(base, own):
            # Inside, so that the server's log is shown.
            raise SystemExit(code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
