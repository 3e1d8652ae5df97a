"""An engine in memory that speaks as much of the external task API over HTTP as a worker asks for."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]
PATIENCE = 20.0


class FakeEngine:
    """`tasks` are open, `calls` what workers asked for: (verb, task id, body). `interfere` may answer in the engine's stead:
    it gets (verb, body) and returns an answer, None, or "drop": the call takes effect but its answer is lost."""

    def __init__(self) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.interfere: Callable[[str, dict[str, Any]], Any] = lambda verb, body: None
        self.changed = threading.Condition()
        self.connections = 0
        engine = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                engine.connections += 1

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                engine.headers.append(dict(self.headers))
                status, answer = engine.answer(self.path.removeprefix("/engine-rest/external-task/").split("/"), body)
                if status == 0:
                    self.close_connection = True
                    return
                data = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a worker that ends in the middle of its request

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/engine-rest"

    def __enter__(self) -> "FakeEngine":
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def add(self, topic: str, *, retries: int | None = None, **variables: dict[str, Any]) -> str:
        with self.changed:
            id_ = f"task-{len(self.tasks) + len(self.calls) + 1}"
            self.tasks[id_] = {
                "id": id_,
                "topicName": topic,
                "workerId": None,
                "retries": retries,
                "lockToken": f"token-of-{id_}",
                "variables": variables,
                "businessKey": "order-1",
            }
            self.changed.notify_all()
            return id_

    def wait_for(self, condition: Callable[[], Any]) -> Any:
        """The condition's value once it is true; asks again whenever something has happened."""
        with self.changed:
            result = self.changed.wait_for(condition, PATIENCE)
            assert result, f"Not within {PATIENCE:.0f} seconds; what happened: {self.calls}"
            return result

    def called(self, verb: str) -> list[dict[str, Any]]:
        return [body for called, _, body in self.calls if called == verb]

    def answer(self, path: list[str], body: dict[str, Any]) -> Answer:
        verb, id_ = path[-1], path[0]
        with self.changed:
            self.calls.append((verb, id_, body))
            try:
                interference = self.interfere(verb, body)
                if isinstance(interference, tuple):
                    return interference
                answer = self._fetch(body) if verb == "fetchAndLock" else self._change(verb, id_, body)
                return (0, None) if interference == "drop" else answer
            finally:
                self.changed.notify_all()

    def _fetch(self, body: dict[str, Any]) -> Answer:
        topics = {topic["topicName"] for topic in body["topics"]}

        def free() -> list[dict[str, Any]]:
            return [
                t
                for t in self.tasks.values()
                if t["workerId"] is None and t["topicName"] in topics and t["retries"] != 0
            ][: body["maxTasks"]]

        self.changed.wait_for(free, body.get("asyncResponseTimeout", 0) / 1000)
        fetched = free()
        for task in fetched:
            task["workerId"] = body["workerId"]
        return 200, fetched

    def _change(self, verb: str, id_: str, body: dict[str, Any]) -> Answer:
        task = self.tasks.get(id_)
        if task is None:
            return 404, {"type": "RestException", "message": f"External task with id {id_} does not exist"}
        if verb == "unlock":
            task["workerId"] = None
            return 204, None
        if body["workerId"] != task["workerId"] or body["lockToken"] != task["lockToken"]:
            return 400, {"type": "RestException", "message": "It is locked by worker 'another'."}
        if verb in ("complete", "bpmnError"):
            del self.tasks[id_]
        if verb == "failure":
            task.update(retries=body["retries"], workerId=None, errorMessage=body["errorMessage"])
        return 204, None
