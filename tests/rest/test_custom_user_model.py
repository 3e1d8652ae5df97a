"""A site may have users of a model of its own, without names, groups and Django's permissions."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ADA, PASSWORD = "ada@example.org", "correct horse 7"
REQUESTS: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/user/create", {"profile": {"id": ADA}, "credentials": {"password": PASSWORD}}, 204, ""),
    ("POST", "/user/create", {"profile": {"id": "no address"}}, 400, "valid email"),
    ("POST", "/user/create", {"profile": {"id": "bob@example.org", "firstName": "Bob"}}, 400, "first name"),
    ("POST", "/user/create", {"profile": {"id": "bob@example.org", "email": "eve@example.org"}}, 400, "login name"),
    ("GET", "/user?firstName=Ada", None, 200, "[]"),
    ("GET", "/user?memberOfGroup=sales", None, 200, "[]"),
    ("GET", "/user?sortBy=lastName&sortOrder=asc&maxResults=1", None, 200, "root@example.org"),
    ("GET", f"/user/{ADA}/profile", None, 200, f'"email": "{ADA}"'),
    ("PUT", f"/user/{ADA}/profile", {"email": ADA}, 204, ""),
    ("PUT", f"/user/{ADA}/credentials", {"password": "other horse 8", "authenticatedUserPassword": "secret"}, 204, ""),
    ("POST", f"/user/{ADA}/unlock", None, 204, ""),
    ("GET", f"/identity/groups?userId={ADA}", None, 200, '"groups": []'),
    ("POST", "/group/create", {"id": "sales"}, 204, ""),
    ("PUT", f"/group/sales/members/{ADA}", None, 400, "no groups"),
    ("GET", f"/group?member={ADA}", None, 200, "[]"),
    ("POST", "/tenant/create", {"id": "north"}, 204, ""),
    ("PUT", f"/tenant/north/user-members/{ADA}", None, 204, ""),
    ("GET", f"/tenant?userMember={ADA}&includingGroupsOfUser=true", None, 200, "north"),
    (
        "POST",
        "/authorization/create",
        {"type": 1, "userId": ADA, "resourceType": 6, "resourceId": "pay", "permissions": ["READ"]},
        200,
        ADA,
    ),
    (
        "GET",
        f"/authorization/check?permissionName=READ&resourceName=x&resourceType=6&resourceId=pay&userId={ADA}",
        None,
        200,
        '"authorized": true',
    ),
    ("GET", f"/task?candidateUser={ADA}", None, 200, "[]"),
    ("DELETE", f"/user/{ADA}", None, 204, ""),
]


def test_the_api_goes_with_another_user_model() -> None:
    asked = json.dumps([request[:3] for request in REQUESTS])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.support.people.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.people.visit"],
        input=asked, capture_output=True, text=True, timeout=120, check=False,
        env=environment, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for (method, path, _, status, says), (answered, body) in zip(REQUESTS, json.loads(done.stdout), strict=True):
        assert answered == status, (method, path, answered, body)
        assert says in json.dumps(body), (method, path, body)
