"""When two states last met: one row a pair."""

import sys
from pathlib import Path

import polars as pl

data = Path(sys.argv[1] if len(sys.argv) > 1 else "dist/latest/data")
events = pl.read_parquet(data / "events.parquet")
countries = pl.read_parquet(data / "event_participants.parquet").select("event_id", "country").drop_nulls().unique()

pairs = (
    countries.join(countries, on="event_id", suffix="_b")
    .filter(pl.col("country") < pl.col("country_b"))
    .rename({"country": "country_a"})
)
answer = (
    events.filter(pl.col("type").is_in(["meet", "visit"]), pl.col("date_end").is_not_null(), status="occurred")
    .join(pairs, on="event_id")
    .sort(["date_end", "event_id"], descending=[True, False])
    .unique(["country_a", "country_b"], keep="first")
    .sort(["date_end", "country_a", "country_b"], descending=[True, False, False])
    .select("country_a", "country_b", "date", "type", "place", "origins", "event_id")
)
print(answer.write_csv(), end="")
