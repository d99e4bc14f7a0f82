"""How jobs are started: as forks of one process that has done their imports, and as others end.

Imports take most jobs longer than what they do. Each is a process of its own all the same, with its own arguments,
log, exit status and memory (invariances/forks). Jobs on a GPU start Python themselves, as all do on a cluster, in
environments of conda, as a module of another workflow (whose `onstart` it is then), on other systems than Linux, and
with INVARIANCES_FORKS=0.

Needs: the plan of a start. Makes: .snakemake/forks/ for as long as it lasts. Snakemake itself is kept from taking the cores: see
`look_as_jobs_end`.
"""


include: "inputs/starting.smk"


onstart:
    fork_jobs()
    look_as_jobs_end()
