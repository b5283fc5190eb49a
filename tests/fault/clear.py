"""The values that only a key holder may see, in each spelling in which they could leak."""

import base64

CANARIES = (b"chaos-device-", b"2001:db8:c4a0:")


def spellings(canary):
    """Return a value unchanged, in hex, and in base64, which depends on the text before it."""
    yield canary
    yield canary.hex().encode()
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + canary)
        yield text[(offset * 8 + 5) // 6:(offset + len(canary)) * 8 // 6]


CLEAR = [spelling for canary in CANARIES for spelling in spellings(canary)]


def is_clear(content):
    return any(spelling in content for spelling in CLEAR)
