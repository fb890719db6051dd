"""Telling of groups: exact counts of months become what may be published of them. Nothing here is shown."""
