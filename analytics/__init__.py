"""The mathematics of measurement: control charts, intervals, small cells. NumPy in, arrays or frozen dataclasses out.

Nothing here knows a database, a clock or a page, so every number can be checked against other people's software.
"""
