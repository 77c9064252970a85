"""A websocket client without a network. (The one of channels.testing needs a server that is not used here.)"""

import json
from collections.abc import Sequence
from typing import Any

from asgiref.testing import ApplicationCommunicator


class Socket(ApplicationCommunicator):
    def __init__(self, application: Any, headers: Sequence[tuple[bytes, bytes]] = (), **scope: Any) -> None:
        super().__init__(
            application,
            {"type": "websocket", "path": "/live/", "query_string": b"", "headers": list(headers), "subprotocols": []}
            | scope,
        )

    async def is_let_in(self) -> bool:
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(5)
        return bool(answer["type"] == "websocket.accept")

    async def heard(self) -> Any:
        answer = await self.receive_output(3)
        assert answer["type"] == "websocket.send", answer
        return json.loads(answer["text"])

    async def closed(self) -> int:
        answer = await self.receive_output(3)
        assert answer["type"] == "websocket.close", answer
        return int(answer["code"])

    async def says(self, **message: Any) -> None:
        await self.send_input({"type": "websocket.receive"} | message)

    async def leaves(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(3)
