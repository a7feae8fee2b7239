"""A real Slurm of one node on this machine, for the tests.

Needs Debian's slurmctld, slurmd, slurm-client and munge, and root; no systemd. There is no
accounting database: the executor learns the states of jobs from squeue.
"""

import os
import secrets
import shutil
import socket
import subprocess
import time

COMMANDS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
SRUN = shutil.which("srun")
SLURM_CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
MinJobAge=600
KillWait=5
SlurmctldTimeout=10
ReturnToService=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    """Say what is missing for a Slurm here; an empty string if nothing is."""
    absent = [command for command in COMMANDS if shutil.which(command) is None]
    if absent:
        return f"no {', '.join(absent)}: apt-get install slurmctld slurmd slurm-client munge"
    return "" if os.geteuid() == 0 else "Slurm's daemons need root here"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """Controller, node daemon and munge, in a folder of their own."""

    def __init__(self, folder):
        self.folder, self.daemons = folder, {}
        (folder / "state").mkdir()
        (folder / "spool").mkdir()
        folder.chmod(0o755)  # munge refuses a socket in a private folder
        key = folder / "munge.key"
        key.write_bytes(secrets.token_bytes(64))
        key.chmod(0o400)
        (folder / "cgroup.conf").touch()
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
        (folder / "slurm.conf").write_text(
            SLURM_CONF.format(
                folder=folder,
                host=socket.gethostname(),
                cores=os.cpu_count(),
                memory=memory * 9 // 10,
                controller_port=free_port(),
                node_port=free_port(),
            )
        )
        # The executor starts srun without SLURM_CONF, which a cluster finds at its usual place.
        (folder / "bin").mkdir()
        srun = folder / "bin/srun"
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {SRUN} "$@"\n')
        srun.chmod(0o755)
        self.environment = {
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": f"{folder}/bin:{os.environ['PATH']}",
        }

    def start(self):
        self._start(
            "munged",
            *("--foreground", "--force", "--key-file", self.folder / "munge.key"),
            *("--socket", self.folder / "munge.socket", "--pid-file", self.folder / "munge.pid"),
            *("--log-file", self.folder / "munge.log", "--seed-file", self.folder / "munge.seed"),
        )
        self._wait(lambda: (self.folder / "munge.socket").exists(), "munge")
        self.start_controller()
        self._start("slurmd", "-D", "-N", socket.gethostname())
        self._wait(lambda: "idle" in self.command("sinfo", "-h", "-o", "%T"), "the node")

    def start_controller(self):
        self._start("slurmctld", "-D")
        self._wait(lambda: "UP" in self.command("scontrol", "ping"), "the controller")

    def stop_controller(self):
        self._stop("slurmctld")

    def stop(self):
        for name in ("slurmd", "slurmctld", "munged"):
            if name in self.daemons:
                self._stop(name)

    def command(self, *arguments):
        """Run a Slurm command; give what it prints, errors included."""
        done = subprocess.run(
            arguments,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.stdout

    def queue(self):
        """Numbers of the jobs that wait or run."""
        return self.command("squeue", "--noheader", "--format", "%i").split()

    def _start(self, name, *arguments):
        with (self.folder / f"{name}.out").open("a") as out:
            self.daemons[name] = subprocess.Popen(
                [shutil.which(name), *arguments],
                env={**os.environ, **self.environment},
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def _stop(self, name):
        daemon = self.daemons.pop(name)
        daemon.terminate()
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def _wait(self, ready, what):
        end = time.monotonic() + 60
        while not ready():
            if time.monotonic() > end:
                logs = "\n".join(path.read_text()[-2000:] for path in self.folder.glob("*.out"))
                raise TimeoutError(f"{what} did not come up within 60 s\n{logs}")
            time.sleep(0.2)
