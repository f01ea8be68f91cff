"""Receiver of server pushes from WeChat: signed, sealed, in JSON or XML → events.

Source: framework/server-ability/message-push.md, oplatform/…/encryption.md.
"""

import hmac
from collections.abc import Mapping
from typing import Final

from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from services.wechat.errors import BadSignature, Forgery
from services.wechat.events import PushEvent
from services.wechat.push_wire import Fields, parse, read_events

AES_KEY_CHARS: Final = 43


class PushReceiver:
    """Safe mode: with an AES key, a push that is not sealed is refused.

    A plain push is signed over time and nonce only, so whoever saw one could write others.
    Without a key (plain mode, for development) plain pushes are accepted.
    """

    def __init__(self, token: str, aes_key: str | None, appid: str) -> None:
        if aes_key and len(aes_key) != AES_KEY_CHARS:
            raise ValueError(f"the push AES key has {AES_KEY_CHARS} characters")
        self._token = token
        self._crypto = WeChatCrypto(token, aes_key, appid) if aes_key else None

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
        if self._crypto is None:
            self._check(query, "signature")
        else:
            fields = parse(self._open(self._crypto, query, fields), content_type)
        return read_events(fields)

    def _open(self, crypto: WeChatCrypto, query: Mapping[str, str], fields: Fields) -> bytes:
        sealed = fields.get("Encrypt")
        if not isinstance(sealed, str):
            raise BadSignature(Forgery.UNENCRYPTED)
        self._check(query, "msg_signature", sealed)
        try:
            plain: str = crypto.decrypt_message(
                {"Encrypt": sealed},
                query["msg_signature"],
                query["timestamp"],
                query["nonce"],
            )
        except WeChatException:
            raise BadSignature(Forgery.APPID) from None
        except Exception:  # noqa: BLE001 - wechatpy checks neither padding nor lengths
            raise BadSignature(Forgery.DECRYPT) from None
        return plain.encode()

    def _check(self, query: Mapping[str, str], name: str, *signed: str) -> None:
        signer = WeChatSigner()
        signer.add_data(
            self._token, query.get("timestamp", ""), query.get("nonce", ""), *signed
        )
        claimed = query.get(name, "").encode()
        genuine = hmac.compare_digest(signer.signature.encode(), claimed)
        if not self._token or not genuine:  # without a token anybody could sign
            raise BadSignature(Forgery.SIGNATURE)
