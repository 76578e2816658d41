"""The index as a LangChain retriever, in chains as a LangChain user writes them."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_openai import ChatOpenAI

from index.retriever import ClauseRetriever
from index.search import ClauseIndex
from settings import ROOT
from tests.scripted_model import KEY, NAME, says, serve

QUESTION = "怎么注销账户"


def as_text(documents: list[Document]) -> str:
    return "\n\n".join(document.page_content for document in documents)


def test_a_document_is_a_clause_with_its_address(index: ClauseIndex) -> None:
    found = ClauseRetriever(index=index, limit=3).invoke(QUESTION)
    assert len(found) == 3
    assert found[0].page_content.startswith("《58同城隐私政策》第七条（五）“注销账户”\n")
    metadata = found[0].metadata
    assert set(metadata) == {"policy", "version", "path", "label", "title", "start", "end", "relevance"}
    assert metadata["path"] == ["七", "（五）"]
    assert index.policies[0].text[metadata["start"] : metadata["end"]].startswith("(五) 注销账户")


def test_many_questions_and_waiting_for_one_work_too(index: ClauseIndex) -> None:
    retriever = ClauseRetriever(index=index)
    one, other = retriever.batch([QUESTION, "七（五）"])
    assert one[0].metadata["label"] == other[0].metadata["label"] == "第七条（五）"
    assert asyncio.run(retriever.ainvoke(QUESTION)) == one


def test_a_chain_of_a_langchain_user_runs(index: ClauseIndex) -> None:
    prompt = ChatPromptTemplate.from_template("条款：{clauses}\n问题：{question}")
    with serve(says("可以在产品里申请注销。")) as model:
        chat = ChatOpenAI(model=NAME, base_url=model.base_url, api_key=KEY, streaming=True)
        clauses = ClauseRetriever(index=index) | as_text
        chain = {"clauses": clauses, "question": RunnablePassthrough()} | prompt | chat | StrOutputParser()
        assert chain.invoke(QUESTION) == "可以在产品里申请注销。"
        assert "第七条（五）“注销账户”" in str(model.asked)


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_example_of_the_readme_runs(readme: str, tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    assert example.count("\n") <= 10
    environment = {"HF_HUB_OFFLINE": "1", "POLICY_QA_INDEX_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-c", example]
    printed = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "第七条（五）" in printed.stdout
