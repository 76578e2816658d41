"""A language model behind an OpenAI-compatible endpoint, through LangChain. Its types stay in this module.

Imported only where a model is configured: langchain_openai takes a second to import. Both chains, condensing
a follow-up and writing an answer, are prompt | model | text. Whatever goes wrong becomes a `ModelFaultError`,
and nothing takes longer than the time-out, which covers connecting, retries and the whole stream.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx2
import openai
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from answer.cache import ReplyCache, reply_key
from answer.checks.given import GivenClause
from answer.masking import mask
from answer.turns import Turns
from errors import ModelFaultError
from prompts import render

MAX_REPLY_CHARS = 4000  # several times the longest answer: a model that writes more does not stop
_MAX_CONDENSED_CHARS = 300
_HANG_UP_TIMEOUT_S = 1.0
MAX_RETRIES = 2  # with growing pauses, for 429, 5xx and connections that fail
_PROMPT = ChatPromptTemplate([("system", "{system}"), ("human", "{human}")])

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Where the model is and what it may cost.

    Attributes:
        model: its name at the endpoint.
        base_url: the endpoint, e.g. https://api.deepseek.com/v1; empty for OpenAI's own.
        api_key: empty where the endpoint wants none.
        timeout_s: seconds for a whole answer.
        max_tokens: tokens of a reply at most.
        at_once: calls at the same time at most; more wait for their turn.
    """

    model: str
    base_url: str
    api_key: str
    timeout_s: float
    max_tokens: int
    at_once: int = 4


class Writer:
    """Asks the model. Holds no state between questions but the cache."""

    def __init__(self, settings: ModelSettings, cache: ReplyCache | None) -> None:
        self._settings = settings
        self._cache = cache
        self._turns = Turns(settings.at_once)

    def deadline(self) -> float:
        """When an answer that is begun now must be done, on the clock of `time.monotonic`."""
        return time.monotonic() + self._settings.timeout_s

    def condense(self, question: str, history: Sequence[str], deadline: float, client: str = "") -> str:
        """Make a follow-up question whole. Personal data does not reach the model.

        Raises:
            ModelFaultError: the model did not do it in time.
        """
        earlier = "\n".join(map(mask, history))
        human = render("condense_user", history=earlier, question=mask(question))
        whole = "".join(self._reply(render("condense_system"), human, (), deadline, client))
        if len(whole) > _MAX_CONDENSED_CHARS:
            raise fault(f"condensed to {len(whole)} characters", "模型没有把追问改写成一个问题")
        return " ".join(whole.split())

    def write(
        self, question: str, given: Sequence[GivenClause], deadline: float, client: str = ""
    ) -> Iterator[str]:
        """Write an answer from clauses; yields pieces of it as they arrive. No personal data is sent.

        Raises:
            ModelFaultError: the model failed, before or in the middle.
        """
        clauses = "\n\n".join(_shown(number, clause) for number, clause in enumerate(given, 1))
        system = render("answer_system", refusal=render("refusal"))
        human = render("answer_user", clauses=clauses, question=mask(question))
        versions = tuple(f"{clause.policy.title} {clause.policy.version}" for clause in given)
        yield from self._reply(system, human, versions, deadline, client)

    def _reply(
        self, system: str, human: str, versions: Sequence[str], deadline: float, client: str
    ) -> Iterator[str]:
        """The reply from the cache, or from the model and then into the cache if it is whole."""
        model = self._settings
        key = reply_key(
            [model.model, model.base_url, str(model.max_tokens), *sorted(set(versions)), system, human]
        )
        cached = self._cache.get(key) if self._cache else None
        if cached is not None:
            yield cached
            return
        reply = ""
        with self._turns.turn(client, deadline):
            for token in self._stream({"system": system, "human": human}, deadline):
                reply += token
                if len(reply) > MAX_REPLY_CHARS:
                    raise fault(f"{len(reply)} characters and no end", "模型写个不停")
                yield token
        if not reply.strip():
            raise fault("empty reply", "模型没有写出任何内容")
        if self._cache:
            self._cache.put(key, reply)

    def _stream(self, fields: Mapping[str, str], deadline: float) -> Iterator[str]:
        """Stream a reply. Only an event loop of its own lets the deadline interrupt a silent connection."""
        with asyncio.Runner() as runner:
            client = openai.DefaultAsyncHttpxClient(timeout=self._settings.timeout_s)
            chain = _PROMPT | self._model(client) | StrOutputParser()
            arrived: asyncio.Queue[str | None] = asyncio.Queue()
            task = runner.get_loop().create_task(_pump(chain.astream(dict(fields)), arrived))
            is_begun = False
            try:
                while (token := runner.run(_next(arrived, deadline))) is not None:
                    is_begun = is_begun or bool(token)
                    yield token
                task.result()  # raises what ended the stream early
            except (openai.OpenAIError, httpx2.HTTPError, TimeoutError, ValueError) as exc:
                raise self._explain(exc, is_begun=is_begun) from exc
            finally:
                runner.run(_hang_up(task, client))

    def _model(self, client: httpx2.AsyncClient) -> ChatOpenAI:
        settings = self._settings
        return ChatOpenAI(
            model=settings.model,
            base_url=settings.base_url or "https://api.openai.com/v1",
            api_key=SecretStr(settings.api_key or "none"),
            timeout=settings.timeout_s,
            max_retries=MAX_RETRIES,
            temperature=0,
            # Every endpoint knows max_tokens; ChatOpenAI's own max_completion_tokens many ignore.
            extra_body={"max_tokens": settings.max_tokens},
            use_responses_api=False,
            stream_usage=False,
            http_async_client=client,
        )

    def _explain(self, exc: Exception, *, is_begun: bool) -> ModelFaultError:
        """Say in one line why the model could not be asked."""
        settings = self._settings
        match exc:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                why = f"模型服务不接受密钥（{exc.status_code}），请检查 POLICY_QA_LLM_API_KEY"
            case openai.NotFoundError():
                why = f"模型服务没有“{settings.model}”或地址不对（404），请检查模型的设置"
            case openai.RateLimitError():
                why = "模型服务请求太多（429），重试后仍然繁忙"
            case openai.APIStatusError():
                why = f"模型服务出错（{exc.status_code}）"
            case openai.APITimeoutError() | TimeoutError():
                why = f"模型在 {settings.timeout_s:g} 秒内没有写完"
            case openai.APIConnectionError() | httpx2.HTTPError() if is_begun:
                why = "与模型服务的连接中途断开"
            case openai.APIConnectionError() | httpx2.HTTPError():
                why = f"连不上模型服务 {settings.base_url or 'api.openai.com'}"
            case _:
                why = "模型服务的回复无法识别"
        return fault(f"{type(exc).__name__}: {exc}", why)


def fault(reason: str, why: str) -> ModelFaultError:
    """An error for the log and, without its full stop, for the screen."""
    log.warning("language model: %s", reason)
    return ModelFaultError(reason, user_message=f"{why}。")


async def _pump(tokens: AsyncIterator[str], arrived: asyncio.Queue[str | None]) -> None:
    """Move tokens into a queue, None behind the last one.

    A task of its own can be cancelled where it waits for the network, and then closes every generator between
    there and here in the right order; closing the outermost generator does not.
    """
    try:
        async for token in tokens:
            arrived.put_nowait(token)
    finally:
        arrived.put_nowait(None)


async def _next(arrived: asyncio.Queue[str | None], deadline: float) -> str | None:
    async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
        return await arrived.get()


async def _hang_up(task: asyncio.Task[None], client: httpx2.AsyncClient) -> None:
    """End a stream. The network goes first: while it talks, LangChain's generators outlive a cancel."""
    await client.aclose()
    task.cancel()
    await asyncio.wait({task}, timeout=_HANG_UP_TIMEOUT_S)
    if task.done() and not task.cancelled():
        task.exception()  # that the network is gone is no news


def _shown(number: int, given: GivenClause) -> str:
    clause = given.clause
    title = f"“{clause.title}”" if clause.title else ""
    return render(
        "given_clause",
        number=str(number),
        policy=given.policy.title,
        label=clause.label,
        title=title,
        text=given.text,
    )
