"""The settings, read here and nowhere else: environment variables `POLICY_QA_*` or a file `.env`.

Every front builds one `Settings` at its start and passes what is needed on as arguments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from errors import SettingsError

ROOT = Path(__file__).resolve().parent
BUNDLED_ENCODER = ROOT / "index" / "encoder"


class Settings(BaseSettings):
    """All settings with their defaults.

    Attributes:
        policies_dir: the folder whose policy files are indexed.
        index_dir: where the index is kept.
        encoder: a sentence-transformers model, by path or name.
        query_instruction: put in front of every question before it is encoded, as the bge models want.
        host: address the web page listens on.
        port: port the web page listens on.
        llm_model: the language model that writes answers, by its name at the endpoint; empty for none.
        llm_base_url: its OpenAI-compatible endpoint; empty for OpenAI's own.
        llm_api_key: the endpoint's key; empty where it wants none.
        llm_timeout_s: seconds for a whole answer; then the policy is quoted.
        llm_max_tokens: tokens of a reply at most.
        llm_cache: the SQLite file that keeps replies; empty keeps none.
        feedback_db: the SQLite file that keeps what people said about answers.
        show_complaints: without any user, show everyone who opens the page which questions were refused or
            voted down. With a login that page is always there, behind it.
        log_questions: keep the questions that were refused, masked.
        retention_days: votes, refused questions and kept replies that are older are deleted.
        llm_at_once: calls of the language model at the same time at most; more wait for their turn.
        metrics_for_all: let others than this machine read /metrics.
        users_file: who may log in, with argon2 hashes of their passwords; `python -m web.access` writes it.
        api_keys_file: hashes of the keys of the HTTP API; `python -m web.access` writes it.
        session_secret: signs the cookies of those who are logged in; empty: made once, and kept in a file
            `session_secret` beside the users.
        session_hours: how long a login lasts.
        secure_cookies: send the login's cookie over https only, even where this server itself sees http.
        requests_per_minute: how many requests a client may make.
        trusted_proxies: addresses, with commas between, whose X-Forwarded-For and -Proto are believed.
    """

    model_config = SettingsConfigDict(
        env_prefix="POLICY_QA_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    policies_dir: Path = ROOT / "policies"
    index_dir: Path = ROOT / "var" / "index"
    encoder: str = str(BUNDLED_ENCODER)
    query_instruction: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 7860
    llm_model: str = ""
    llm_base_url: str = ""
    llm_api_key: SecretStr = SecretStr("")
    llm_timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    llm_max_tokens: Annotated[int, Field(ge=16, le=8192)] = 800
    llm_cache: str = str(ROOT / "var" / "replies.sqlite")
    feedback_db: Path = ROOT / "var" / "feedback.sqlite"
    show_complaints: bool = False
    log_questions: bool = False
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    llm_at_once: Annotated[int, Field(ge=1, le=64)] = 4
    metrics_for_all: bool = False
    users_file: Path = ROOT / "var" / "users.json"
    api_keys_file: Path = ROOT / "var" / "api_keys.json"
    session_secret: SecretStr = SecretStr("")
    session_hours: Annotated[int, Field(ge=1, le=720)] = 12
    secure_cookies: bool = False
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 120
    trusted_proxies: str = "127.0.0.1"


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Args:
        overrides: values given on the command line; None leaves a setting alone.

    Raises:
        SettingsError: a value cannot be used; the message names the variable and the value.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as exc:
        problem = exc.errors()[0]
        name = f"POLICY_QA_{'_'.join(str(part) for part in problem['loc']).upper()}"
        value = str(problem["input"])
        raise SettingsError(
            f"setting {name} has the value {value!r}: {problem['msg']}",
            user_message=f"设置 {name} 的值“{value}”不能用，请改正环境变量或 .env 文件后重试。",
        ) from exc
