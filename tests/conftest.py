"""Fixtures: the real policy, the real encoder, a real index on disk. Nothing here is a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

import hypothesis
import pytest
from playwright.sync_api import Browser, Page

from answer.answerability import Answerability
from answer.assistant import Assistant
from answer.cache import ReplyCache
from index.build import load_index, open_index
from index.encoder import Encoder
from index.search import ClauseIndex
from ingest.policy import Clause, Policy
from ingest.read import PolicyFile
from settings import BUNDLED_ENCODER, ROOT
from tests.access_server import NAMES, PASSWORD, ServedAccess, serve_access
from tests.browser import launch_chromium, open_page, serve
from tests.scripted_model import KEY, NAME
from web.access import Users
from web.live import Live

VERSIONS_DIR = ROOT / "tests" / "files" / "versions"
POLICY_FILE = ROOT / "policies" / "58tongcheng_privacy_policy_20211116.md"

# A busy machine may take its time, and what failed once must fail again.
hypothesis.settings.register_profile("here", deadline=None, derandomize=True)
hypothesis.settings.load_profile("here")

Make: TypeAlias = Callable[..., Assistant]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: from then on Playwright keeps an event loop running in the main thread."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the defaults, whatever the machine's environment says."""
    for name in (
        "POLICIES_DIR",
        "INDEX_DIR",
        "ENCODER",
        "QUERY_INSTRUCTION",
        "HOST",
        "PORT",
        "FEEDBACK_DB",
        "SHOW_COMPLAINTS",
        *("METRICS_FOR_ALL", "LOG_QUESTIONS", "RETENTION_DAYS", "LLM_AT_ONCE"),
        *("USERS_FILE", "API_KEYS_FILE", "SESSION_SECRET", "SESSION_HOURS", "SECURE_COOKIES"),
        *("REQUESTS_PER_MINUTE", "TRUSTED_PROXIES"),
        *("LLM_MODEL", "LLM_BASE_URL", "LLM_API_KEY", "LLM_TIMEOUT_S", "LLM_MAX_TOKENS", "LLM_CACHE"),
    ):
        monkeypatch.delenv(f"POLICY_QA_{name}", raising=False)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return PolicyFile(POLICY_FILE, POLICY_FILE.name).parse()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load(str(BUNDLED_ENCODER))


@pytest.fixture(scope="session")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="session")
def index(encoder: Encoder, index_dir: Path) -> ClauseIndex:
    return open_index(ROOT / "policies", index_dir, encoder)


@pytest.fixture(scope="session")
def assistant(index: ClauseIndex) -> Assistant:
    return Assistant(index, Answerability.load(str(BUNDLED_ENCODER)))


@pytest.fixture(scope="session")
def live(index: ClauseIndex, index_dir: Path, encoder: Encoder) -> Live:
    """What is served from the index; nobody watches for a newer one."""
    answerability = Answerability.load(str(BUNDLED_ENCODER))
    load = partial(load_index, index_dir, encoder)
    return Live(index, lambda now: Assistant(now, answerability), load, index_dir)


@pytest.fixture
def make(index: ClauseIndex, encoder: Encoder) -> Make:
    """Make an assistant with a language model at an address."""
    from answer.checked_writer import CheckedWriter
    from answer.checks.coverage import CoverageModel
    from answer.checks.verify import Verifier
    from answer.writer import ModelSettings, Writer

    def assistant(
        base_url: str,
        *,
        timeout_s: float = 20.0,
        at_once: int = 4,
        cache: ReplyCache | None = None,
        name: str = NAME,
        over: ClauseIndex = index,
    ) -> Assistant:
        writer = Writer(ModelSettings(name, base_url, KEY, timeout_s, 300, at_once), cache)
        checked = CheckedWriter(writer, Verifier(encoder, CoverageModel.load()), encoder)
        return Assistant(over, Answerability.load(str(BUNDLED_ENCODER)), checked)

    return assistant


@pytest.fixture(scope="session")
def versions() -> tuple[Policy, Policy]:
    """Two versions of one invented policy, the older first."""
    old, new = (PolicyFile(VERSIONS_DIR / name, name).parse() for name in ("old.md", "new.md"))
    return old, new


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launch_chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def address(var_dir: Path) -> Iterator[str]:
    """The address of app.py as it runs with the default settings; its files are in `var_dir`."""
    with serve(var_dir) as served:
        yield served


@pytest.fixture(scope="session")
def versions_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of app.py with two versions of an invented policy and the list of complaints."""
    var = tmp_path_factory.mktemp("versions-var")
    with serve(var, policies_dir=str(VERSIONS_DIR), show_complaints="1", log_questions="1") as served:
        yield served


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with open_page(browser, address) as opened:
        yield opened


@pytest.fixture
def served_access(tmp_path: Path) -> Iterator[ServedAccess]:
    """A server with users and no API key yet, without the page."""
    users = Users(tmp_path / "users.json")
    for name in NAMES:
        users.add(name, PASSWORD)
    with serve_access(tmp_path) as served:
        yield served


def clause_at(policy: Policy, *path: str) -> Clause:
    """The first clause of a policy with this path."""
    return next(clause for clause in policy.clauses if clause.path == path)
