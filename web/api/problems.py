"""Errors as problem details (RFC 9457): `application/problem+json` with a Chinese `detail` for the screen.

Every error of the API comes through here, so none has a shape of its own and none shows a traceback.
"""

from __future__ import annotations

import logging
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from errors import AssistantError, BadQuestionError, FeedbackError, UnknownPolicyError

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: "请求不对",
    401: "需要登录或接口密钥",
    403: "不允许",
    404: "没有找到",
    405: "方法不对",
    413: "请求太大",
    415: "格式不对",
    422: "请求不对",
    429: "请求太多",
    500: "服务出错",
    503: "暂时不可用",
}

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong."""

    type: Annotated[str, Field(examples=["about:blank"])] = "about:blank"
    title: Annotated[str, Field(examples=["没有找到"])]
    status: Annotated[int, Field(examples=[404])]
    detail: Annotated[str, Field(examples=["没有政策“甲平台隐私政策”，/api/v1/policies 列出了全部政策。"])]
    instance: Annotated[str, Field(description="the path that was asked", examples=["/api/v1/ask"])]


def problem(description: str) -> dict[str, Any]:
    """Describe a response that is a problem, for OpenAPI."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


class ProblemError(Exception):
    """Ends a request with a problem.

    Args:
        status: the HTTP status.
        detail: one Chinese sentence that says what was wrong and what to do.
        headers: more headers of the response.
    """

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def respond(status: int, detail: str, path: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Write a problem."""
    problem = Problem(title=_TITLES.get(status, "出错了"), status=status, detail=detail, instance=path)
    return JSONResponse(problem.model_dump(), status, headers, media_type=MEDIA_TYPE)


def handle_problems(app: FastAPI) -> None:
    """Make an app answer with problems whatever goes wrong."""

    @app.exception_handler(ProblemError)
    def _(request: Request, error: ProblemError) -> JSONResponse:
        return respond(error.status, error.detail, request.url.path, error.headers)

    @app.exception_handler(RequestValidationError)
    def _(request: Request, error: RequestValidationError) -> JSONResponse:
        return respond(422, _what_is_invalid(error.errors()[0]), request.url.path)

    @app.exception_handler(HTTPException)
    def _(request: Request, error: HTTPException) -> JSONResponse:
        detail = {404: "没有这个地址。", 405: "这个地址不接受这种方法。"}.get(
            error.status_code, "请求没有成功。"
        )
        return respond(error.status_code, detail, request.url.path, dict(error.headers or {}))

    @app.exception_handler(AssistantError)
    def _(request: Request, error: AssistantError) -> JSONResponse:
        status = {BadQuestionError: 422, UnknownPolicyError: 404, FeedbackError: 503}.get(type(error), 500)
        log.warning("%s", error)
        return respond(status, error.user_message, request.url.path)

    @app.exception_handler(Exception)
    def _(request: Request, error: Exception) -> JSONResponse:
        log.error("%s failed", request.url.path, exc_info=error)
        return respond(500, "服务出错了，请稍后再试。", request.url.path)


def _what_is_invalid(error: dict[str, Any]) -> str:
    """Say in Chinese which field is wrong, and what it was."""
    if error["type"] in ("json_invalid", "model_attributes_type"):
        return "请求的正文不是一个 JSON 对象，请改正后重试。"
    name = ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0])
    if error["type"] == "missing":
        return f"缺少 {name}，请补上后重试。"
    value = error.get("input")
    shown = f"“{str(value)[:80]}”" if isinstance(value, str | int | float) else ""
    said = f"{name} 的值{shown}不能用，请改正后重试。"
    return said.encode("utf-8", "replace").decode("utf-8")  # half a character cannot be sent back
