"""The project's own PostgreSQL and Redis, run from the binaries inside two Python wheels."""


class Unavailable(Exception):
    """A server, or the folder it needs, cannot be had; the message is one line for the operator."""
