"""The Dagster layer: thin assets over cores that import no Dagster. No rule of the dataset belongs here, only wiring and metadata."""
