"""What was read, kept for good: every response as a WARC record, every normalised text by its hash. Nothing here parses a document."""
