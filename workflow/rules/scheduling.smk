"""How often Snakemake looks for jobs to start: when one has ended, and once a second, not ever more often.

Each time that it has looked it sets a timer to look again, for its limit of jobs started in a second, and each job
that ends makes it look once more: timers add up, so that with a hundred jobs it looks a hundred times a second and
takes a tenth of a core for it. Here one timer of a length is set at a time.

Needs: nothing. Makes: nothing.
"""

import threading

from snakemake.scheduling.job_scheduler import JobScheduler


def look_again(scheduler, delay):
    """Set a timer for the next look, unless one of that length is running; it does not hold up the end."""
    running = scheduler.__dict__.setdefault("timers", set())

    def look():
        running.discard(delay)
        scheduler._open_jobs.release()

    if delay not in running:
        running.add(delay)
        timer = threading.Timer(delay, look)
        timer.daemon = True
        timer.start()


JobScheduler._schedule_reevalutation = look_again
