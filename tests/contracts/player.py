"""Runner of scripted cases: a minimal product that reports each outcome in one word."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.contracts.clients import Forged, Reply
from tests.contracts.stage import Control, Delivery, Receiver, Silence

NAME = re.compile(r"\{(\w+)\}")


def word_for(answer: Any) -> str:
    match answer:
        case None:
            return ""
        case Reply(status=status, body={"code": code}):
            return f"{status} {code}"
        case Reply(status=status, body=body):
            body = body or {}
            return str(body.get("trade_state") or body.get("status") or status)
        case bytes():
            return "image"
        case dict():
            return str(answer.get("errcode") or "ok")
    return str(answer)


@dataclass
class Player:
    """What the scripts of both APIs have in common; each has a player with its own verbs."""

    control: Control
    receiver: Receiver
    known: dict[str, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)  # of our own calls, in order
    played: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        credentials = self.control.process.credentials
        merchants = credentials["merchants"]
        self.known |= {f"{each['key']}_mchid": str(each["mchid"]) for each in merchants}
        self.known["other_appid"] = credentials["other_mini_program"]["appid"]
        self.known["push_url"] = self.receiver.url.replace("/notify", "/push")
        self.receiver.judge = self.judge

    async def judge(self, delivery: Delivery) -> tuple[int, bytes]:
        """Check a notice or push, note it, and return what to answer."""
        raise NotImplementedError

    async def prove(
        self, number: int, words: tuple[str, ...], detail: Callable[[Any], bool] | None
    ) -> None:
        """Play a scripted case; fail unless its words, and a detail, are as they must be."""
        row = (await self.control.get("cases"))[str(number)]
        assert await self.play(number, row["script"]) == words, row["title"]
        assert detail is None or detail(self), row["title"]

    async def play(self, number: int, script: list[dict[str, Any]]) -> tuple[str, ...]:
        """Do what the script says; return the words."""
        self.known["no"] = f"CASE{number:06}"
        self.known["openid"] = await self.control.openid("li")
        for step in script:
            if "ctl" in step:
                await self.direct(step["ctl"].removeprefix("POST /__ctl/"), step["body"])
            else:
                await self.act(step["product"], self.filled(step["with"]))
        self.played.set()
        return tuple(self.words)

    def filled(self, value: Any) -> Any:
        match value:
            case str():
                return NAME.sub(lambda found: str(self.known[found[1]]), value)
            case dict():
                return {self.filled(key): self.filled(inner) for key, inner in value.items()}
            case list():
                return [self.filled(inner) for inner in value]
        return value

    async def direct(self, path: str, body: dict[str, Any]) -> None:
        answer = await self.control.do(path, **self.filled(body))
        self.known |= answer
        if path.endswith(("/pay", "/finish-payment")):
            self.words.append(f"user: {answer['result']}")

    async def act(self, verb: str, arguments: dict[str, Any]) -> None:
        times = arguments.pop("times", 1)
        act = getattr(self, verb)
        if times == 1:
            self.words.append(await self._word(act(**arguments)))
        else:
            self.words += await asyncio.gather(
                *(self._word(act(**arguments)) for _ in range(times))
            )
        self.words = [word for word in self.words if word]

    async def _word(self, call: Awaitable[Any]) -> str:
        try:
            answer = await call
        except Silence:
            return "silence"
        except Forged:
            return "forged answer"
        self.answers.append(answer)
        return word_for(answer)

    async def answers_with(self, statuses: list[int]) -> None:
        self.receiver.answers = list(statuses)
