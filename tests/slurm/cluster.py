"""A SLURM cluster of one node on this machine: installed, started, stopped. Needs root and Debian.

Loopback only, with keys, sockets, logs and state in a folder of its own. The one place outside is
/etc/slurm, as Snakemake's jobs on nodes are stripped of what would name another.
"""

import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

PACKAGES = ("munge", "slurmctld", "slurmd", "slurm-client")
SETTINGS = Path("/etc/slurm/slurm.conf")
DEVICES = SETTINGS.with_name("gres.conf")
MARK = "# Of the tests of this project; may be removed.\n"
POLICY = Path("/usr/sbin/policy-rc.d")


class UnavailableError(Exception):
    """Why there can be no cluster here."""


def install() -> None:
    """Debian's packages, without starting their services."""
    if all(map(shutil.which, ("munged", "slurmctld", "slurmd", "squeue"))):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise UnavailableError(
            "SLURM is not installed, and only root can install Debian's packages"
        )
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            done = subprocess.run(
                ["apt-get", "-qq", *command], env=quiet, capture_output=True, text=True
            )
            if done.returncode:
                raise UnavailableError(f"apt-get {command[0]}: {done.stderr.strip()[-300:]}")
    finally:
        if ours:
            POLICY.unlink()


class Cluster:
    """As a context: from the start of its daemons to their end, whatever happens in between."""

    def __init__(self, folder: Path, cores: int = 4, memory: int = 32000) -> None:
        self.folder, self.cores, self.memory = folder, cores, memory
        self.cleanup = ExitStack()

    def __enter__(self) -> "Cluster":
        if os.geteuid() != 0:
            raise UnavailableError("only root can start a cluster")
        install()
        for path in (SETTINGS, DEVICES):
            if path.exists() and MARK not in path.read_text():
                raise UnavailableError(f"{path} is somebody's: there is a cluster here already")
        try:
            self._start()
        except BaseException:
            self.cleanup.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.say("scancel", "--user", "root")
            self._wait("the last job's end", lambda: not self.say("squeue", "--noheader"), 20)
        finally:
            self.cleanup.close()

    def say(self, *command: str) -> str:
        """What one of SLURM's commands prints."""
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout

    # ---- starting --------------------------------------------------------------------------------

    def _start(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self._configure()
        # Forced: it wants folders that nobody else can write to all the way up, and ours lies under /tmp.
        self._daemon(
            *("munged", "--foreground", "--force", f"--key-file={key}"),
            *(f"--socket={self.folder}/munge.socket", f"--pid-file={self.folder}/munge.pid"),
            *(f"--seed-file={self.folder}/munge.seed", f"--log-file={self.folder}/munge.log"),
        )
        self._wait("munged", (self.folder / "munge.socket").is_socket)
        self._daemon("slurmctld", "-D")
        self._wait("slurmctld", lambda: "is UP" in self.say("scontrol", "ping"))
        self._daemon("slurmd", "-D")
        self._wait("the node", lambda: "idle" in self.say("sinfo", "--noheader", "--format=%t"))

    def _configure(self) -> None:
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        host, (control, node) = socket.gethostname().split(".")[0], free_ports(2)
        SETTINGS.parent.mkdir(exist_ok=True)
        SETTINGS.write_text(f"""{MARK}
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={control}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
AuthInfo=socket={self.folder}/munge.socket
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd.log
# Containers have no control groups to give away.
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# The node has the cores, memory and GPUs that are written here, not those that are there.
SlurmdParameters=config_overrides
GresTypes=gpu
ReturnToService=2
# `squeue` is asked for jobs that ended long ago.
MinJobAge=7200
KillWait=2
SchedulerParameters=sched_interval=1,bf_interval=1
NodeName={host} NodeAddr=127.0.0.1 Port={node} CPUs={self.cores} RealMemory={self.memory} Gres=gpu:2
PartitionName=all Nodes={host} Default=YES DefaultTime=10 MaxTime=UNLIMITED State=UP
""")
        # GPUs that are only files: jobs can ask for them, and get none.
        for number in (0, 1):
            (self.folder / f"gpu{number}").touch()
        DEVICES.write_text(f"{MARK}AutoDetect=off\nName=gpu File={self.folder}/gpu[0-1]\n")
        for path in (SETTINGS, DEVICES):
            self.cleanup.callback(path.unlink)

    def _daemon(self, *command: str) -> None:
        """A process that ends with this one, and is asked to when the cluster is stopped."""
        with (self.folder / f"{command[0]}.said").open("w") as said:
            # Not to outlive a test that is killed.
            bound = ["setpriv", "--pdeathsig", "TERM", *command]
            process = subprocess.Popen(bound, stdout=said, stderr=said, stdin=subprocess.DEVNULL)

        def stop() -> None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

        self.cleanup.callback(stop)

    def _wait(self, what: str, ready, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                logs = [path.read_text()[-500:] for path in sorted(self.folder.glob("*.log"))]
                raise UnavailableError("\n".join([f"{what} did not come", *logs]))
            time.sleep(0.2)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
