"""`/healthz`, `/readyz` and `/metrics`: for those who run the service."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from web.api.observe import metrics
from web.api.problems import ProblemError, problem
from web.live import Live

_LOCAL = ("127.0.0.1", "::1", "localhost", "testclient")


def create_health(live: Live, *, metrics_for_all: bool) -> APIRouter:
    """The routes that tell how the service is.

    Args:
        live: what is served.
        metrics_for_all: whether others than this machine may read the figures.
    """
    router = APIRouter()

    @router.get("/healthz", response_class=PlainTextResponse)
    async def health() -> PlainTextResponse:
        """Tell that the process answers."""
        return PlainTextResponse("ok\n")

    @router.get("/readyz", response_class=PlainTextResponse, responses={503: problem("no policy in force")})
    async def ready() -> PlainTextResponse:
        """Tell whether questions can be answered."""
        if not live.now.index.policies_in_force():
            raise ProblemError(503, "没有现行有效的政策，请检查政策文件。")
        return PlainTextResponse("ok\n")

    @router.get("/metrics", response_class=PlainTextResponse, responses={403: problem("not for others")})
    async def figures(request: Request) -> Response:
        """The figures for Prometheus; by default for this machine only."""
        host = request.client.host if request.client else ""
        if not metrics_for_all and host not in _LOCAL:
            raise ProblemError(
                403, "这些数字只给本机看；要给别的机器看，请设置 POLICY_QA_METRICS_FOR_ALL=1。"
            )
        body = metrics(len(live.now.index.policies))
        return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
