"""The parts that declarations of operations are made of: answers, problems, parameters.

Nothing here knows an operation; ``api.operations`` and its like are made of these.
"""

from collections.abc import Mapping
from typing import Any

from api import examples
from api.problem_kinds import KINDS

Doc = dict[str, Any]

_EVERYWHERE = ("unknown_parameter", "bad_parameter", "internal")
JSON = "application/json"
TEXT = "text/plain"


def schema(name: str) -> Doc:
    return {"$ref": f"#/components/schemas/{name}"}


def content(media_type: str, schema: Doc, example: Any = None) -> Doc:
    media: Doc = {"schema": schema}
    if example is not None:
        media["example"] = example
    return {media_type: media}


def json(name: str, example: Any) -> Doc:
    return content(JSON, schema(name), example)


def answer(about: str, content: Doc | None = None, headers: Mapping[str, str] | None = None) -> Doc:
    answer: Doc = {"description": about}
    if content:
        answer["content"] = content
    if headers:
        answer["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return answer


def _problems(codes: tuple[str, ...]) -> dict[str, Doc]:
    """Return one response a status, listing its codes with an example of each."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(KINDS[code].status, []).append(code)
    return {str(status): _problem_answer(names) for status, names in sorted(by_status.items())}


def _problem_answer(codes: list[str]) -> Doc:
    media = {
        "schema": schema("Problem"),
        "examples": {
            code: {"summary": KINDS[code].title.en, "value": examples.problem_example(code)}
            for code in codes
        },
    }
    about = "; ".join(
        f"`{code}`: {KINDS[code].title.en} ({KINDS[code].title.zh})" for code in codes
    )
    return {"description": about, "content": {"application/problem+json": media}}


def operation(
    name: str,
    summary: str,
    answers: Mapping[str, Doc],
    problems: tuple[str, ...] = (),
    parameters: tuple[Doc, ...] = (),
    **more: Any,
) -> Doc:
    doc: Doc = {
        "operationId": name,
        "summary": summary,
        "responses": _merged(answers, _problems((*problems, *_EVERYWHERE))),
        **more,
    }
    if parameters:
        doc["parameters"] = list(parameters)
    return doc


def _merged(answers: Mapping[str, Doc], problems: Mapping[str, Doc]) -> Doc:
    """Put both together; under one status there may be a page, or a problem document."""
    found: Doc = {**answers, **problems}
    for status in answers.keys() & problems.keys():
        both = {**answers[status].get("content", {}), **problems[status]["content"]}
        found[status] = {**problems[status], **answers[status], "content": both}
    return found


def query(name: str, about: str, schema: Doc, required: bool = False) -> Doc:
    return {
        "in": "query",
        "name": name,
        "description": about,
        "required": required,
        "schema": schema,
    }


def path(name: str, about: str, schema: Doc) -> Doc:
    return {"in": "path", "name": name, "description": about, "required": True, "schema": schema}
