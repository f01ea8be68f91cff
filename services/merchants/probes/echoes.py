"""Echo of the address for notices: an answer that only a server with our keys can give.

A refusal alone proves nothing: any other server, and another installation, refuses a notice
without a signature. A question is signed, so nobody else has anything signed by us.
"""

import hmac
import secrets
from typing import Final

from services.kernel.vault import Vault

HEADER: Final = "X-Callback-Probe"  # of the question and of its answer
ASKED: Final = "callback probe"
ANSWERED: Final = "callback probe answered"


def question(vault: Vault) -> str:
    """Return a question that was never asked before."""
    nonce = secrets.token_hex(16)
    return f"{nonce}.{vault.blind(nonce, purpose=ASKED)}"


def answer(vault: Vault, asked: str) -> str:
    """Return the answer to a question of ours; empty to anybody else's."""
    nonce, _, signature = asked.partition(".")
    genuine = vault.blind(nonce, purpose=ASKED)
    if not hmac.compare_digest(genuine.encode(), signature.encode()):
        return ""
    return vault.blind(nonce, purpose=ANSWERED)


def is_ours(vault: Vault, asked: str, answered: str) -> bool:
    """Tell whether a question was answered with our keys."""
    return hmac.compare_digest(answer(vault, asked).encode(), answered.encode())
