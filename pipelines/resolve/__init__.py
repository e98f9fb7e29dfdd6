"""Raw statements to published tables: which statements tell one thing. The rules are SQL, in `sql/resolve/`; here they are only run."""
