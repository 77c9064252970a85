"""How secrets of programs are kept. Random and long, they need no slow hash."""

from hashlib import sha256
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare


class SecretHasher(BasePasswordHasher):
    """SHA-256 with a salt: never for what a person chose."""

    algorithm = "secret_sha256"

    def encode(self, password: str, salt: str) -> str:
        return f"{self.algorithm}${salt}${sha256(f'{salt}{password}'.encode()).hexdigest()}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, found = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": found}

    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> dict[str | Any, Any]:
        return {"algorithm": self.decode(encoded)["algorithm"]}

    def harden_runtime(self, password: str, encoded: str) -> None:
        """There is no work factor to make up for."""
