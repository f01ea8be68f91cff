"""x"""


def shown() -> dict[str, object]:
    return {}
