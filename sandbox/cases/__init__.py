"""Registry of the numbered cases a client of WeChat must survive, each with its script.

What the product does in each: docs/reference/wechat.md, Cases.

A script is a list of steps. {"ctl": "POST /__ctl/…", "body": …} is a call to the control API;
{"product": "prepay", "with": …} is what the product is expected to do at that moment. Words
in {braces} are variables of the test that runs the script: {no} is the case's
out_trade_no, {prepay_id} the latest one, {push_url} the product's address for pushes, and so
on. To add a case is to add a row.
"""

from sandbox.cases import bills, login, messages, notices, orders, others, refunds
from sandbox.cases.steps import Step

PARTS = (login, messages, notices, orders, refunds, bills, others)
CASES = {number: row for part in PARTS for number, row in part.CASES.items()}


def shown() -> dict[str, Step]:
    return {
        str(number): {"title": title, "script": script}
        for number, (title, script) in CASES.items()
    }
