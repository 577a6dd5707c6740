"""Co-tuning as an Airflow DAG: one spark-submit for each stage, all on one run folder.

Needs apache-airflow-providers-apache-spark and a Spark connection (`spark_conn_id`). Every stage is
idempotent: a task that is retried, or cleared and run again, goes on where the run folder ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow import DAG
from airflow.models.param import Param
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

STAGES = ("prepare", "pretrain", "distill", "cotune", "evaluate", "report")

# Of the Spark application, whatever the cluster; the rest is the connection's or spark-defaults'.
SPARK_CONF = {
    "spark.executorEnv.OMP_WAIT_POLICY": "passive",
    "spark.executorEnv.OPT_OUT_TRACKING": "true",
    "spark.serializer": "org.apache.spark.serializer.JavaSerializer",
    "spark.sql.shuffle.partitions": "16",
    "spark.speculation": "false",
}


def arguments(stage: str) -> list[str]:
    """The stage's command line. The settings are given to the first stage and recorded in the run."""
    line = [stage, "--run", "{{ params.runs }}/{{ run_id | replace(':', '-') | replace('+', '-') }}"]
    if stage == STAGES[0]:
        line += ["-D", "seed={{ params.seed }}", "-D", "cotune.rounds={{ params.rounds }}"]
        line += ["-D", "models.cache={{ params.model_cache }}"]
    return line


with DAG(
    dag_id="coplms",
    description="Co-tune one LLM and the SLMs of edge devices",
    start_date=datetime(2026, 1, 1),
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=2)},
    params={
        "jar": Param("s3://bucket/coplms.jar", type="string", description="The job jar"),
        "runs": Param("s3://bucket/runs", type="string", description="Folder of the run folders"),
        "model_cache": Param(
            "s3://bucket/models", type="string", description="Cache of trained tiny models"
        ),
        "seed": Param(17, type="integer", minimum=0),
        "rounds": Param(5, type="integer", minimum=1),
    },
    tags=["coplms"],
) as dag:
    previous = None
    for stage in STAGES:
        task = SparkSubmitOperator(
            task_id=stage,
            conn_id="spark_default",
            application="{{ params.jar }}",
            java_class="org.coplms.jobs.Main",
            application_args=arguments(stage),
            conf=SPARK_CONF,
            name=f"coplms-{stage}",
            driver_memory="3g",
            executor_memory="2g",
            execution_timeout=timedelta(hours=12),
        )
        if previous is not None:
            previous >> task
        previous = task
