"""Live push: one hub a process reads the stream of events and writes the same bytes to every open board.

`stream` reads Redis, `ring` remembers what was read last, `listener` is one open board, `hub` brings them together and
`application` is the bare ASGI endpoint. No ORM, no view, no thread: see `docs/adr/0004-live-push.md`.
"""
