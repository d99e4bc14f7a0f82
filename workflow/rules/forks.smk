"""Jobs are forked from one process that has done the imports of all of them.

What they import takes most of them longer than what they do. Each is a process of its own all the same, with its own
arguments, log, exit status and memory (invariances/forks). Jobs on a GPU start Python themselves, as all do on a
cluster, in environments of conda, as a module of another workflow (whose `onstart` it is then), on other systems than
Linux, and with INVARIANCES_FORKS=0.

Needs: the plan of a start. Makes: .snakemake/forks/ for as long as it lasts. Nor does Snakemake itself take the cores: see
`look_as_jobs_end`.
"""


include: "inputs/forks.smk"


onstart:
    fork_jobs()
    look_as_jobs_end()
