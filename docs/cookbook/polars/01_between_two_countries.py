"""What happened between Iran and Pakistan, in order of time."""

import sys
from pathlib import Path

import polars as pl

data = Path(sys.argv[1] if len(sys.argv) > 1 else "dist/latest/data")
events = pl.read_parquet(data / "events.parquet")
participants = pl.read_parquet(data / "event_participants.parquet")
actors = pl.read_parquet(data / "actors.parquet").select("actor_id", "name")
agreements = pl.read_parquet(data / "agreements.parquet").select("agreement_id", agreement="title")

sides = (
    participants.join(actors, on="actor_id")
    .group_by("event_id")
    .agg(actors=pl.col("name").unique().sort().str.join(", "), countries=pl.col("country").unique())
)
answer = (
    events.join(sides, on="event_id")
    .filter(pl.col("countries").list.contains("IRN") & pl.col("countries").list.contains("PAK"))
    .join(agreements, on="agreement_id", how="left")
    .sort("date_start", "date", "event_id", nulls_last=True)
    .select("date", "type", "status", "actors", "place", "agreement")
)
print(answer.write_csv(), end="")
