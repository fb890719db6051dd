"""A free port for the pages."""

import socket

TRIES = 50


def free_port(host: str, wanted: int) -> int:
    """The wanted port, else the next free one. Raises OSError when none of fifty is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wanted, wanted + TRIES):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    message = f"No free port on {host} from {wanted} to {wanted + TRIES - 1}. Name one: PORT=9000 make run"
    raise OSError(message)
