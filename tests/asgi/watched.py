"""project/asgi.py's application, which tells at /watched what goes on in the process that answers: tests wait for that."""

import json
import os
from typing import Any

from project.asgi import application as site

_hung_up = 0


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        await site(scope, receive, send)
    elif scope["path"] == "/watched":
        room = site.room
        told = json.dumps({"process": os.getpid(), "waiting": len(room), "looking": room.looking, "hung_up": _hung_up})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": told.encode()})
    else:
        is_answered = False

        async def receive_and_count() -> Any:
            global _hung_up
            message = await receive()
            if message["type"] == "http.disconnect" and not is_answered:
                _hung_up += 1
            return message

        def send_and_tell(message: dict[str, Any]) -> Any:
            nonlocal is_answered
            is_answered = True
            return send(message)  # whatever the server gives to wait for

        await site(scope, receive_and_count, send_and_tell)
