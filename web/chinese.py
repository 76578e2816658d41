"""Makes the document that Gradio serves Chinese: its language, Gradio's own words, and no address of others.

Gradio picks its words by the browser's language and says `lang="en"` whatever the page is in: an English
browser and every screen reader would be wrong. So the document is changed on its way out.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]
_App: TypeAlias = Callable[[_Message, _Receive, _Send], Awaitable[None]]

_ELSEWHERE = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')
_SCRIPT = (
    "<script>for (const [name, value] of [['language', 'zh-CN'], ['languages', ['zh-CN']]]) "
    "Object.defineProperty(navigator, name, { get: () => value });</script>"
)
_NO_SCRIPT = "<noscript><p>这个页面需要 JavaScript，请在浏览器设置里打开后刷新。</p></noscript>"


def make_chinese(document: str) -> str:
    """Change Gradio's document.

    >>> changed = make_chinese('<html lang="en"><head><meta property="og:url" content="x" /></head>')
    >>> changed.replace(_SCRIPT, "")
    '<html lang="zh-CN"><head></head>'
    """
    changed = document.replace('lang="en"', 'lang="zh-CN"', 1).replace("<head>", f"<head>{_SCRIPT}", 1)
    changed = _ELSEWHERE.sub("", changed)
    return re.sub(r"(<body[^>]*>)", rf"\1{_NO_SCRIPT}", changed, count=1)


class ChineseDocument:
    """ASGI middleware that changes HTML documents and nothing else."""

    def __init__(self, app: _App, paths: tuple[str, ...] = ("/",)) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Pass a request on; hold its answer back if that is a document."""
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        start: _Message = {}
        body = bytearray()

        async def change(message: _Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await _send_changed(start, bytes(body), send)

        await self._app(scope, receive, change)


async def _send_changed(start: _Message, body: bytes, send: _Send) -> None:
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    is_html = any(name.lower() == b"content-type" and b"text/html" in value for name, value in headers)
    is_plain = not any(name.lower() == b"content-encoding" for name, _ in headers)
    if is_html and is_plain and body:
        body = make_chinese(body.decode("utf-8")).encode("utf-8")
    length = (b"content-length", str(len(body)).encode())
    await send({**start, "headers": [*headers, *([length] if body else [])]})
    await send({"type": "http.response.body", "body": body})
