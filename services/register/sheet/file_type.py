"""File type by the first bytes: enough to refuse a wrong file while its sender waits."""

from typing import Final

from services.register.sheet.problems import Refused

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0"
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def check_file_type(content: bytes) -> None:
    """Raise Refused unless the file can be an .xlsx workbook.

    Excel wraps an encrypted .xlsx into the container of the old .xls.
    """
    if not content:
        raise Refused.because("register_empty")
    if content.startswith(OLE):
        encrypted = ENCRYPTED in content
        raise Refused.because("register_encrypted" if encrypted else "register_old_xls")
    if not content.startswith(ZIP):
        raise Refused.because("register_not_xlsx")
