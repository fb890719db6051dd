"""What is stored of a display's token."""

import hashlib


def token_hash(token: str) -> str:
    """SHA-256 in hexadecimal. A random token of 256 bits needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
