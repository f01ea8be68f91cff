"""HTTP application: routes each call to an API or the control API, applies faults, logs it."""

import asyncio
import logging
from functools import partial
from http.client import responses
from typing import cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPServerRequest, ResponseStartLine

from sandbox.control import followers as control_followers
from sandbox.control import gate as control_gate
from sandbox.control import payments, props, stage, users
from sandbox.control.gate import ControlRoute
from sandbox.faults import NONE, Action
from sandbox.journal import Entry
from sandbox.mini_program import codes, login, messages, push, security, shipments, tokens
from sandbox.mini_program import gate as mini_gate
from sandbox.pay import bills, certificates, combined, notices, refunds, refusals, transactions
from sandbox.pay import gate as pay_gate
from sandbox.service_account import followers
from sandbox.service_account import messages as template_messages
from sandbox.web import Answer, Call, Router
from sandbox.world import World

log = logging.getLogger("sandbox")
DROPPED = Answer(0)


class App:
    """Called by Tornado's HTTPServer with each complete request."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._control: Router[ControlRoute] = Router(
            [
                *stage.ROUTES,
                *users.ROUTES,
                *control_followers.ROUTES,
                *payments.ROUTES,
                *props.ROUTES,
            ]
        )
        pay_parts = (transactions, combined, certificates, refunds, bills, refusals)
        self._pay = Router([route for part in pay_parts for route in part.ROUTES])
        own_parts = (tokens, login, messages, security, codes, shipments)
        mini_parts = (*own_parts, followers, template_messages)
        self._mini = Router([route for part in mini_parts for route in part.ROUTES])
        self._tasks: set[asyncio.Task[None]] = set()
        world.schedule.runners = {
            notices.KIND: partial(notices.deliver, world),
            refunds.KIND: partial(refunds.conclude, world),
            push.KIND: partial(push.deliver, world),
            security.KIND: partial(security.conclude, world),
        }

    def __call__(self, request: HTTPServerRequest) -> None:
        task = asyncio.create_task(self._serve(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, request: HTTPServerRequest) -> None:
        call = Call.of(request)
        try:
            answer = await self._answered(call)
        except Exception:
            log.exception("no answer to %s %s", call.method, call.path)
            answer = Answer.json({"error": "the sandbox failed; see its log"}, 500)
        connection = cast(HTTP1Connection, request.connection)
        if answer is DROPPED:
            connection.stream.close()
            return
        line = ResponseStartLine("HTTP/1.1", answer.status, responses.get(answer.status, "?"))
        connection.write_headers(line, answer.to_headers(), answer.body)
        connection.finish()

    async def _answered(self, call: Call) -> Answer:
        if call.path.startswith("/__ctl/") or call.path == "/__ctl":
            return await control_gate.answer(self._world, self._control, call)
        return await self._play(call)

    async def _play(self, call: Call) -> Answer:
        """Answer a call to WeChat's APIs, apply a scripted fault, and add a journal entry."""
        number, at = self._world.journal.next_number(), self._world.clock.now()
        fault_id, action = self._world.faults.take(call)
        answer = DROPPED if action.drop == "before" else await self._answer(call, action)
        if action.delay_seconds:
            await asyncio.sleep(action.delay_seconds)
        self._world.journal.add(
            Entry(
                n=number,
                at=at,
                direction="in",
                method=call.method,
                path=call.path,
                query=call.query_string,
                url=call.uri,
                headers=call.headers,
                body=call.body,
                status=answer.status,
                answer=answer.body,
                fault=fault_id,
            )
        )
        return DROPPED if action.drop == "after" else answer

    async def _answer(self, call: Call, action: Action = NONE) -> Answer:
        if call.path.startswith("/v3/"):
            return await pay_gate.answer(self._world, self._pay, call, action)
        return await mini_gate.answer(self._world, self._mini, call, action)
