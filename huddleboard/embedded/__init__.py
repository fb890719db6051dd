"""PostgreSQL and Valkey that come as wheels, started, shared and stopped by this house.

Used only where `DATABASE_URL` and `REDIS_URL` are absent. Reasons and proofs: `docs/adr/0001-embedded-servers.md`.
"""

from huddleboard.embedded.environment import ensure_environment
from huddleboard.embedded.failure import EmbeddedError
from huddleboard.embedded.lease import Urls, servers
from huddleboard.embedded.state import State, find_state

__all__ = ["EmbeddedError", "State", "Urls", "ensure_environment", "find_state", "servers"]
