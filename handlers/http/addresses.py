"""Client address of a request, as far as our own proxies vouch for it."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What one customer of an IPv6 network has to himself (RFC 6177).
SUBSCRIBER_BITS: Final = 64
KNOWN: Final = 4096  # addresses that were read last: each request reads its own three times
LONGEST: Final = 64  # IPv6 with IPv4 in it takes 45 signs, its zone some more


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Return the address of whoever speaks to the outermost proxy of ours.

    Each proxy appends to X-Forwarded-For whom it hears, so the list is read from its end and
    only while the speaker is one of ours: what stands before was written by whoever asks.
    Not X-Real-IP, which a proxy that does not set it lets through as it was sent.
    """
    speaker = parse(peer)
    for said in reversed(forwarded_for.split(",")):
        heard = parse(said.strip())
        if speaker is None or heard is None or not vouched(speaker, trusted):
            break
        speaker = heard
    return str(speaker) if speaker else peer


def vouched(speaker: Address, trusted: Sequence[Network]) -> bool:
    return any(speaker in network for network in trusted)


def parse(text: str) -> Address | None:
    """Return the address that a text is; None for what is none, or longer than any.

    Whoever asks writes the text, and the last ones are remembered: never long ones.
    """
    return _parse(text) if len(text) <= LONGEST else None


@lru_cache(KNOWN)
def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def subscriber_of(address: str) -> str:
    """Return what is counted as one: an IPv4 address, or the /64 of an IPv6 address."""
    parsed = parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, SUBSCRIBER_BITS), strict=False))
    return address
