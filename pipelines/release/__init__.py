"""From ten checked tables to a published data package, and back: writing, versions, the database, verifying, querying.

What belongs here: everything that knows the layout of a release. What the tables mean belongs to `schemas/` and `sql/`.
"""
