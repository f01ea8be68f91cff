"""Certificate API /v3/certificates: platform certificates, sealed with the APIv3 key."""

from sandbox.clock import rfc3339
from sandbox.keys import Certificate, Merchant
from sandbox.pay.errors import PayError
from sandbox.pay.gate import PayRoute
from sandbox.pay.notices import encrypt
from sandbox.web import Answer, Call
from sandbox.world import World


def _shown(merchant: Merchant, certificate: Certificate) -> dict[str, object]:
    pem = certificate.certificate_pem.encode()
    return {
        "serial_no": certificate.serial,
        "effective_time": rfc3339(certificate.not_before),
        "expire_time": rfc3339(certificate.not_after),
        "encrypt_certificate": encrypt(merchant.api_v3_key, pem, "certificate"),
    }


async def listed(world: World, _call: Call, merchant: Merchant) -> Answer:
    settings = world.merchant_settings(merchant)
    has_any = settings.certificates
    if has_any is None:
        has_any = not merchant.public_key_id or settings.grey_share > 0
    if not has_any:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请使用微信支付公钥")
    certificates = world.keys.platform.certificates
    return Answer.json({"data": [_shown(merchant, each) for each in certificates]})


ROUTES = [("GET", "/v3/certificates", PayRoute(listed))]
