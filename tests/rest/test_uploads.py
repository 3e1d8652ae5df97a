"""Uploads as curl and HTTP libraries write them: content types with parameters, without, small letters."""

from typing import Any

import pytest

from tests.rest.conftest import Answer, Api, user_task_process

BOUNDARY = "b0undary"


@pytest.fixture
def path(api: Api) -> str:
    api.deploy(user_task_process("human")).ok()
    return f"/process-instance/{api.start('human')['id']}/variables/v"


def upload(api: Api, path: str, kind: str, content_type: str | None, name: str = "a.txt") -> Answer:
    head = f'Content-Disposition: form-data; name="data"; filename="{name}"'
    if content_type is not None:
        head += f"\r\nContent-Type: {content_type}"
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="valueType"\r\n\r\n{kind}\r\n'
        f"--{BOUNDARY}\r\n{head}\r\n\r\nhi\r\n--{BOUNDARY}--\r\n"
    )
    return api.call("POST", f"{path}/data", body.encode(), content_type=f"multipart/form-data; boundary={BOUNDARY}")


@pytest.mark.parametrize(
    ("content_type", "info", "download_type"),
    [
        ("text/plain", {"mimeType": "text/plain"}, "text/plain"),
        ("text/plain; charset=UTF-8", {"mimeType": "text/plain"}, "text/plain"),
        ("text/plain; encoding=UTF-8", {"mimeType": "text/plain", "encoding": "UTF-8"}, "text/plain; charset=UTF-8"),
        (None, {"mimeType": "application/octet-stream"}, "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("kind", ["File", "file"])
def test_files(
    api: Api, path: str, kind: str, content_type: str | None, info: dict[str, Any], download_type: str
) -> None:
    upload(api, path, kind, content_type).ok()
    assert api.get(path).ok() == {"type": "File", "value": None, "valueInfo": {"filename": "a.txt", **info}}
    download = api.get(f"{path}/data")
    assert (download.headers["Content-Type"], download.content) == (download_type, b"hi")


def test_bytes_in_small_letters(api: Api, path: str) -> None:
    upload(api, path, "bytes", "text/plain; charset=UTF-8").ok()
    assert api.get(path).ok() == {"type": "Bytes", "value": "aGk=", "valueInfo": {}}


@pytest.mark.parametrize("encoding", ["a b", '"\u00fc"', "x" * 41])
def test_strange_encodings(api: Api, path: str, encoding: str) -> None:
    assert "encoding" in upload(api, path, "File", f"text/plain; encoding={encoding}").refused(400)
    api.get(path).refused(404)
