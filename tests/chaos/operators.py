"""The operator of the site: mends what became an incident, and does the user tasks. Over REST, like everybody."""

from __future__ import annotations

import threading
import time

from tests.chaos.calling import Caller, NoAnswer


class Operator:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="operator")
        self.incidents: dict[str, tuple[float, str]] = {}  # when seen, and the process instance

    def start(self) -> None:
        self._thread.start()

    def give_up(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            try:
                self._mend()
                self._do_tasks()
            except NoAnswer:
                continue

    def _mend(self) -> None:
        status, incidents = self._caller.insist("GET", "/incident?maxResults=100", stop=self._stop)
        for incident in incidents if status == 200 else ():
            instance, cause = incident["processInstanceId"], incident["configuration"]
            self.incidents.setdefault(incident["id"], (time.time(), instance))
            healed = {"value": True, "type": "Boolean"}
            self._caller.insist("PUT", f"/process-instance/{instance}/variables/healed", healed, stop=self._stop)
            what = "external-task" if incident["incidentType"] == "failedExternalTask" else "job"
            self._caller.insist("PUT", f"/{what}/{cause}/retries", {"retries": 2}, stop=self._stop)

    def _do_tasks(self) -> None:
        status, tasks = self._caller.insist("GET", "/task?maxResults=100", stop=self._stop)
        body = {"variables": {"addressClarified": {"value": True, "type": "Boolean"}}}
        for task in tasks if status == 200 else ():
            # Refused where an earlier attempt got through, or a timer was quicker: both are as well.
            self._caller.insist("POST", f"/task/{task['id']}/complete", body, stop=self._stop)
