"""Tools for assistants over MCP (streamable HTTP, stateless): ask a policy, search and read clauses.

`web/serve.py` mounts them at /mcp. They return the same objects as the API.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field
from starlette.requests import Request

from answer.events import Finished
from answer.lookup import look_up
from answer.questions import check_question
from errors import AssistantError
from web.access.gate import client_name
from web.api.documents import WholeClauseJson, whole_clause
from web.api.observe import ask_observed
from web.live import Live
from web.scope import scope_of
from web.wire import AnswerJson, HitsJson

INSTRUCTIONS = (
    "回答关于政策、协议、法规的问题。回答由条款原文组成，每句带 [n]，对应 citations 里的出处；"
    "refused 为 true 表示政策里没有答案，请如实转告，不要另编。"
)


def create_tools(live: Live) -> MCPServer:
    """The tools, over what is served at the time of a call."""
    server = MCPServer("policy-qa", title="政策问答", instructions=INSTRUCTIONS, version="1")

    @server.tool(title="问政策")
    def ask_policy(
        context: Context[Any, Any],
        question: Annotated[str, Field(description="用户的问题，原话即可，最多 2000 字")],
        history: Annotated[list[str], Field(description="之前的问题，从早到晚")] = [],  # noqa: B006  # never changed
        policies: Annotated[list[str], Field(description="只问这些政策（名称）；不填就问全部")] = [],  # noqa: B006
        as_of: Annotated[dt.date | None, Field(description="按哪一天的版本回答；不填就是今天")] = None,
    ) -> AnswerJson:
        """根据现行政策回答问题：逐字引用条款，附出处；政策没有写的会明说。"""  # noqa: D415
        now = live.now
        with _told():
            checked, scope = check_question(question), scope_of(now.places, policies, as_of)
        request = context.request_context.request
        client = client_name(request) if isinstance(request, Request) else ""
        *_, last = ask_observed(now.assistant, checked, history, scope, front="mcp", client=client)
        assert isinstance(last, Finished)  # as every run of events
        return AnswerJson.of(last.answer, "")

    @server.tool(title="查条款")
    def search_clauses(
        query: Annotated[str, Field(description="条款编号（七（五））、词语或一段原文")],
        limit: Annotated[int, Field(ge=1, le=100)] = 10,
    ) -> HitsJson:
        """查找条款，最相关的在前。"""  # noqa: D415
        with _told():
            checked = check_question(query)
        return HitsJson.of(checked, look_up(live.now.index, checked, (), limit=limit).hits, "")

    @server.tool(title="读条款")
    def get_clause(
        policy: Annotated[str, Field(description="政策名称，如 58同城隐私政策")],
        path: Annotated[str, Field(description="条款路径（七/（五））或编号（第七条（五））")],
        version: Annotated[str, Field(description="版本日期，如 2021-11-16；不填就是现行版本")] = "",
    ) -> WholeClauseJson:
        """读一条条款的全文，连同它的上级和下级。"""  # noqa: D415
        found = whole_clause(live.now.places, policy, path, version)
        if found is None:
            raise ToolError(f"没有找到《{policy[:80]}》的“{path[:80]}”，可以先用 search_clauses 查。")
        return found

    return server


@contextmanager
def _told() -> Iterator[None]:
    """Tell the assistant in Chinese what was wrong."""
    try:
        yield
    except AssistantError as error:
        raise ToolError(error.user_message) from error
