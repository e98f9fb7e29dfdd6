"""Pactwatch: a dataset of events and agreements between states, built from news and encyclopedia texts.

Parts, each of which imports only from those before it: errors, project, declarations, tables; ingest; extract; resolve; release;
assets and definitions (the only ones that import Dagster); cli. docs/architecture.md tells what belongs where.
"""
