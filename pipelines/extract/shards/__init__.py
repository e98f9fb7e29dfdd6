"""Extraction of many documents at once, in shards that processes of this machine or of a cluster read side by side."""
