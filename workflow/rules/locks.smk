"""A run that was killed is started again without help: its locks are removed, a living run's never.

Snakemake's locks are files, which outlive a process that is killed. Beside them every process that reads
this workflow holds a lock of the operating system on `.snakemake/alive`, which dies with it: who gets
that lock for himself alone knows that the files are nobody's.

Needs: the working directory. Makes: nothing.
"""

import fcntl
import socket

from snakemake.exceptions import LockException


def running(error):
    """The message where somebody is alive: Snakemake's own tells how to remove the locks."""
    WorkflowError.__init__(
        error,
        f"{RESULTS} is being made already, by another start of this run in {Path.cwd()}, or by one that makes "
        "some of the same files; wait for it, or stop it: then the same command goes on",
    )


def held(folder):
    """The lock on a folder's runs, held as long as the file is open; abandoned locks are removed.

    They stay where somebody is alive, and where the last run was another computer's, of which a file
    system need not tell: Snakemake then says what to do.
    """
    folder.mkdir(exist_ok=True)
    file, here = (folder / "alive").open("a+"), socket.gethostname()
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        LockException.__init__ = running
    else:
        file.seek(0)
        abandoned = sorted((folder / "locks").glob("*.lock"))
        if not abandoned or file.read() == here:
            for path in abandoned:
                path.unlink()
                print(
                    f"removed the lock of a run that was killed: {path}",
                    file=sys.stderr,
                )
            file.truncate(0)
            file.write(here)
            file.flush()
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


# Jobs that read the workflow again, as on a cluster's nodes, belong to a run that holds the lock.
if workflow.is_main_process:
    try:
        ALIVE = held(Path(".snakemake"))
    except OSError as error:
        # A file system without such locks, or without a place for them: Snakemake's own have to do.
        print(f"killed runs are not told from living ones: {error}", file=sys.stderr)
