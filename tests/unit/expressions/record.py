"""Ask Camunda what the expressions in recorded.json give: record.py http://127.0.0.1:8081/engine-rest

A row is an expression with its start variables ("name": [type, value]); the outcome is written by this program. A row may
also say `ours` and `because`, where this project departs from Camunda on purpose. Only standard library, no test.
"""

import http.client
import json
import pathlib
import re
import sys
import urllib.parse
import uuid
from xml.sax.saxutils import quoteattr

TABLE = pathlib.Path(__file__).with_name("recorded.json")
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
<bpmn:process id="expression" isExecutable="true"><bpmn:startEvent id="s"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
<bpmn:serviceTask id="t" camunda:expression=%s camunda:resultVariable="r"/>
<bpmn:sequenceFlow id="f2" sourceRef="t" targetRef="e"/><bpmn:endEvent id="e"/></bpmn:process></bpmn:definitions>"""
KEPT_VALUES = ("Null", "Boolean", "Short", "Integer", "Long", "Double", "String", "Json")
CLASSES = {"Object": "java.util.HashMap", "List": "java.util.ArrayList"}


class Rest:
    def __init__(self, base):
        parts = urllib.parse.urlsplit(base)
        self.root, self.connection = parts.path, http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)

    def call(self, method, path, body=None, content_type="application/json"):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        self.connection.request(method, self.root + path, data, {"Content-Type": content_type})
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def deploy(self, model):
        mark = uuid.uuid4().hex
        body = (
            f'--{mark}\r\nContent-Disposition: form-data; name="deployment-name"\r\n\r\nexpression\r\n--{mark}\r\n'
            f'Content-Disposition: form-data; name="a.bpmn"; filename="a.bpmn"\r\n\r\n{model}\r\n--{mark}--\r\n'
        )
        return self.call("POST", "/deployment/create", body.encode(), f"multipart/form-data; boundary={mark}")


def variable(kind, value):
    if kind in CLASSES:
        info = {"objectTypeName": CLASSES[kind], "serializationDataFormat": "application/json"}
        return {"type": "Object", "value": json.dumps(value), "valueInfo": info}
    return {"type": kind, "value": value}


def outcome(rest, row):
    entities = {"\n": "&#10;", "\t": "&#9;"}
    status, answer = rest.deploy(MODEL % quoteattr(row["expression"], entities))
    if status >= 300:
        return {"refused": message(answer)}
    definition = next(iter(answer["deployedProcessDefinitions"]))
    try:
        variables = {name: variable(*typed) for name, typed in row.get("variables", {}).items()}
        status, started = rest.call("POST", f"/process-definition/{definition}/start", {"variables": variables})
        if status >= 300:
            return {"failed": message(started)}
        query = f"processInstanceId={started['id']}&variableName=r&deserializeValues=false"
        found = rest.call("GET", f"/history/variable-instance?{query}")[1][0]
        result = {"type": found["type"]}
        if found["type"] in KEPT_VALUES and not tells_the_time(row["expression"]):
            result["value"] = found["value"]
        if found["type"] == "Object":
            result["class"] = found["valueInfo"]["objectTypeName"]
        return result
    finally:
        rest.call("DELETE", f"/deployment/{answer['id']}?cascade=true")


def tells_the_time(expression):
    return "now()" in expression or ("dateTime()" in expression and "withMillis" not in expression)


def message(answer):
    text = re.sub(r"^Cannot instantiate process definition \S+: ", "", answer["message"])
    return re.sub(r"^ENGINE-01009 Error while parsing process\. |\.$", "", text)


def main():
    rows = json.loads(TABLE.read_text())
    rest = Rest(sys.argv[1])
    for row in rows:
        row["outcome"] = outcome(rest, row)
    lines = [json.dumps(row, ensure_ascii=True) for row in rows]
    TABLE.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
