"""Runs requests from standard input against that site, in a process of its own, and prints status and JSON of each."""

import base64
import json
import sys

import django


def main() -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", run_syncdb=True, verbosity=0)
    get_user_model().objects.create_superuser("root@example.org", "secret")
    credentials = base64.b64encode(b"root@example.org:secret").decode()
    client = Client(headers={"Authorization": f"Basic {credentials}"})
    answers = []
    for method, path, body in json.load(sys.stdin):
        data = b"" if body is None else json.dumps(body).encode()
        answer = client.generic(method, f"/engine-rest{path}", data, content_type="application/json")
        answers.append([answer.status_code, json.loads(answer.content) if answer.content else None])
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
