"""Receiver of server pushes from WeChat: signed, sealed, in JSON or XML → events.

Source: framework/server-ability/message-push.md, oplatform/…/encryption.md.
"""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from services.kernel.deferred import deferred
from services.wechat.errors import BadSignature, Forgery
from services.wechat.events import PushEvent
from services.wechat.push_wire import Fields, parse, read_events

if TYPE_CHECKING:
    from wechatpy import crypto, exceptions, utils
else:
    crypto = deferred("wechatpy.crypto")
    exceptions = deferred("wechatpy.exceptions")
    utils = deferred("wechatpy.utils")

AES_KEY_CHARS: Final = 43  # of BASE64, without the last one
AES_KEY_BYTES: Final = 32


class PushReceiver:
    """Not for the loop: whatever comes first imports wechatpy, which takes 60 ms.

    Safe mode: with an AES key, a push that is not sealed is refused.

    A plain push is signed over time and nonce only, so whoever saw one could write others.
    Without a key (plain mode, for development) plain pushes are accepted.
    """

    def __init__(self, token: str, aes_key: str | None, appid: str) -> None:
        if aes_key and not _is_key(aes_key):
            raise ValueError(f"the push AES key has {AES_KEY_CHARS} characters of BASE64")
        self._token, self._aes_key, self._appid = token, aes_key, appid

    def verify_url(self, query: Mapping[str, str]) -> str:
        """Answer WeChat's question whether this address is ours: return the echostr."""
        self._check(query, "signature")
        return query.get("echostr", "")

    def receive(
        self, query: Mapping[str, str], body: bytes, content_type: str
    ) -> list[PushEvent]:
        """Verify and decrypt a push. Raises BadSignature. Answer "success" within five seconds.

        `body`: raw, bounded by the caller. WeChat repeats a push: act once per dedupe_key.
        """
        fields = parse(body, content_type)
        if not self._aes_key:
            self._check(query, "signature")
        else:
            fields = parse(self._open(self._aes_key, query, fields), content_type)
        return read_events(fields)

    def _open(self, aes_key: str, query: Mapping[str, str], fields: Fields) -> bytes:
        sealed = fields.get("Encrypt")
        if not isinstance(sealed, str):
            raise BadSignature(Forgery.UNENCRYPTED)
        self._check(query, "msg_signature", sealed)
        try:
            sealer = crypto.WeChatCrypto(self._token, aes_key, self._appid)
            plain: str = sealer.decrypt_message(
                {"Encrypt": sealed},
                query["msg_signature"],
                query["timestamp"],
                query["nonce"],
            )
        except exceptions.WeChatException:
            raise BadSignature(Forgery.APPID) from None
        except Exception:  # noqa: BLE001 - wechatpy checks neither padding nor lengths
            raise BadSignature(Forgery.DECRYPT) from None
        return plain.encode()

    def _check(self, query: Mapping[str, str], name: str, *signed: str) -> None:
        signer = utils.WeChatSigner()
        signer.add_data(
            self._token, query.get("timestamp", ""), query.get("nonce", ""), *signed
        )
        claimed = query.get(name, "").encode()
        genuine = hmac.compare_digest(signer.signature.encode(), claimed)
        if not self._token or not genuine:  # without a token anybody could sign
            raise BadSignature(Forgery.SIGNATURE)


def _is_key(text: str) -> bool:
    try:
        key = b64decode(f"{text}=", validate=True)
    except ValueError:
        return False
    return len(text) == AES_KEY_CHARS and len(key) == AES_KEY_BYTES
