"""Which instruments on culture are signed, and between whom."""

import sys
from pathlib import Path

import polars as pl

data = Path(sys.argv[1] if len(sys.argv) > 1 else "dist/latest/data")
agreements = pl.read_parquet(data / "agreements.parquet")
parties = pl.read_parquet(data / "agreement_parties.parquet").filter(role="party")
actors = pl.read_parquet(data / "actors.parquet").select("actor_id", "name")

names = parties.join(actors, on="actor_id").group_by("agreement_id").agg(parties=pl.col("name").sort().str.join(", "))
answer = (
    agreements.filter(pl.col("fields").list.contains("culture") & pl.col("status").is_in(["signed", "in_force"]))
    .join(names, on="agreement_id", how="left")
    .sort("date_start", "date", "agreement_id", nulls_last=True)
    .select("date", "instrument", "title", "parties", "instruments")
)
print(answer.write_csv(), end="")
