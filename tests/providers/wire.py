"""A provider that answers as a test says, and keeps what it is asked."""

import json
from typing import Any

import httpx


class Wire:
    """Answers requests in turn, the last answer for ever."""

    def __init__(self, *answers: Any) -> None:
        """Responses, and errors to raise; anything else is the JSON of an answer with HTTP 200."""
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return httpx.Response(200, content=json.dumps(answer).encode())

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.url.path for request in self.requests]

    @property
    def bodies(self) -> list[Any]:
        """The JSON that came with each request."""
        return [json.loads(request.content) for request in self.requests]

    @property
    def body(self) -> Any:
        """The JSON of the last request."""
        return self.bodies[-1]
