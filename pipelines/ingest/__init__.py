"""Documents in: source declarations, readers, normalised text, metadata. Nothing here knows what an event is."""
