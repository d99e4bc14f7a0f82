"""How a run ends: what was made, what is amiss with it, what an earlier config left in its folder.

Needs: all stages. Makes: a few last lines; the nearest names of files that no rule makes; `clear`, which removes what no config of this run makes any more.
"""


include: "inputs/ending.smk"


# Snakemake's own words for a file that no rule makes name none that one does.
MissingRuleException.__str__ = nearest


# Asked for by name alone: invariances clear RUN.
rule clear:
    log:
        f"{RESULTS}/logs/clear.log",
    localrule: True
    run:
        left = leftovers()
        for path in left:
            remove(path)
        Path(log[0]).write_text("\n".join(left))


onsuccess:
    warn_of_baselines()
    warn_of_calibration()
    say_what_is_left()
    say_what_was_made()


onerror:
    warn_of_baselines()
    warn_of_calibration()
