"""What is too large for one piece: streamed answers and long bodies, through the real server."""

from http.client import HTTPConnection

from tests.asgi.conftest import Serve
from tests.asgi.site import LOGIN
from tests.rest.conftest import basic
from tests.support.waiting import PATIENCE

MEBIBYTE = 2**20


def test_a_long_body_and_a_streamed_answer(serve: Serve) -> None:
    """A file of three mebibytes in a deployment, there and back."""
    site = serve(workers=1)
    content = bytes(range(256)) * (3 * MEBIBYTE // 256)
    boundary = "b0undary"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="data"; filename="large.bin"\r\n'
    form = (
        f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
    )
    connection = HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    headers = {"Authorization": basic(*LOGIN), "Content-Type": f"multipart/form-data; boundary={boundary}"}
    connection.request("POST", "/engine-rest/deployment/create", form, headers)
    with connection.getresponse() as answer:
        assert answer.status == 200, answer.read()
        answer.read()
    for path in _static_files():
        connection.request("GET", path)
        with connection.getresponse() as answer:
            assert (answer.status, len(answer.read())) == (200, int(answer.headers["Content-Length"])), path
    connection.close()


def _static_files() -> list[str]:
    """Whitenoise streams them from the disk."""
    base = "/static/workflow_engine/vendor/"
    return [base + "swagger-ui/swagger-ui-bundle.js", base + "bpmn-js/bpmn-navigated-viewer.production.min.js"]
