"""What a run will take, before it is started: passes, seconds, disk and memory, for the plan and its bar.

Needs: `PLAN`, what the machine was seen to do. Makes: `COSTS`, which the logger is told of; a run that the disk
cannot hold is refused.
"""


include: "inputs/planning.smk"


COSTS = costs_of_jobs()
if workflow.is_main_process:
    check_disk(COSTS["disk"])
    os.environ.update(INVARIANCES_COSTS=json.dumps(COSTS))
