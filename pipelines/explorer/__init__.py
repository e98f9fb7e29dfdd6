"""The page beside a release: what an analyst asks, answered in a browser without a server.

What belongs here: reading a finished database and making HTML of it. What is in the database belongs to `sql/` and `schemas/`.
"""
