"""The way to the network: safe, polite, bounded HTTP. Nothing here knows what a source, a document or an event is."""
