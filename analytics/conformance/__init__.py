"""Holds the mathematics against other people's software: `python -m analytics.conformance DIR`.

The only package of `analytics` that reads files. It takes vector files by the suite that they name, never by a file's
or a case's name, computes each case through the public functions, and says where they disagree.
"""
