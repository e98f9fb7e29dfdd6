"""Documents to raw statements: what a text says, cell by cell, with the span that says it.

Here: reading one document at a time. Not here: which statements of several documents tell one happening (resolve).
"""
