"""One small module a kind of source, and the table that says which reads which."""
