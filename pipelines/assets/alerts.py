"""The sensor that tells somebody when a run has failed (how, says pipelines/alert.py)."""

import os

import dagster as dg

from pipelines.alert import Alert, channels, send
from pipelines.assets import metadata
from pipelines.assets.runs import FETCH_JOB, REFRESH_JOB

_PARTITION = "dagster/partition"
_RETRIED = "dagster/auto_retry_run_id"


@dg.run_failure_sensor(
    name="alarm",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Posts to a webhook, or sends mail, when a fetch or a refresh has failed for good.",
)
def alarm(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Where the environment names no channel, nothing is sent."""
    run = context.dagster_run
    if run.job_name not in {FETCH_JOB, REFRESH_JOB}:
        return dg.SkipReason(f"{run.job_name} is none of ours")
    if not channels(os.environ):
        return dg.SkipReason("neither PACTWATCH_WEBHOOK nor PACTWATCH_SMTP with PACTWATCH_MAIL_TO is set")
    for channel, problem in send(alert_of(context), os.environ).items():
        if problem:
            context.log.error(problem)
        else:
            context.log.info("told by %s", channel)
    return None


def alert_of(context: dg.RunFailureSensorContext) -> Alert:
    """What is said of a failed run: its own words where a step failed, else Dagster's."""
    run = context.dagster_run
    source = run.tags.get(_PARTITION)
    told = []
    for event in context.get_step_failure_events():
        data = event.step_failure_data
        words = data.user_failure_data.description if data.user_failure_data else data.error and data.error.message
        told.append(f"{event.step_key}: {words}")
    problem = metadata.one_line("; ".join(told) or context.failure_event.message or "unknown")
    what = f"{run.job_name} of {source}" if source else run.job_name
    return Alert(f"Pactwatch: {what} failed: {problem}", run.job_name, run.run_id, source, problem)
