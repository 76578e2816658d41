"""The FastAPI app with its routes, errors and OpenAPI. `web/serve.py` mounts the page into it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from starlette.routing import Match

from settings import Settings
from web.api.documents import create_documents
from web.api.health import create_health
from web.api.problems import Problem, ProblemError, handle_problems
from web.api.routes import create_routes
from web.feedback import Feedback
from web.live import Live

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def create_api(live: Live, feedback: Feedback, settings: Settings) -> FastAPI:
    """Create the app without the page. Its OpenAPI stands at `/api/v1/openapi.json`."""
    app = FastAPI(
        title="政策问答",
        version="1",
        description="Answers questions about Chinese policies with the exact clauses they rest on.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page fetches scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    handle_problems(app)
    app.include_router(create_health(live, metrics_for_all=settings.metrics_for_all))
    app.include_router(create_routes(live, feedback))
    app.include_router(create_documents(live))
    _catch_the_rest(app)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the shape of problems into the OpenAPI: no route returns one, all may."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        schemas = describe()["components"]["schemas"]
        schemas.setdefault("Problem", Problem.model_json_schema())
        return describe()

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to extend it


def _catch_the_rest(app: FastAPI) -> None:
    """Answer for addresses below /api that are none, before the page's own routes do."""
    routes = list(app.router.routes)

    @app.api_route("/api/{rest:path}", methods=_METHODS, include_in_schema=False)
    def nothing(request: Request) -> None:
        if any(route.matches(request.scope)[0] is not Match.NONE for route in routes):
            raise ProblemError(405, "这个地址不接受这种方法。")
        raise ProblemError(404, "没有这个地址。")
