"""Provide a scripted provider that records its requests."""

import json
from typing import Any

import httpx


class Wire:
    """Return the scripted responses in turn, the last one repeatedly."""

    def __init__(self, *answers: Any) -> None:
        """Keep responses and errors to raise; other values are JSON bodies with HTTP 200."""
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Return the next response."""
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
        """Return the requested paths in order."""
        return [request.url.path for request in self.requests]

    @property
    def bodies(self) -> list[Any]:
        """Return the JSON of each request."""
        return [json.loads(request.content) for request in self.requests]

    @property
    def body(self) -> Any:
        """Return the JSON of the last request."""
        return self.bodies[-1]
