"""Programs that do not outlive the test, however it dies."""

import subprocess


def start(command, log, end="KILL", **options):
    """Start a program; the kernel sends it `end` when this process is gone."""
    command = ["setpriv", "--pdeathsig", end, *command]
    with open(log, "a") as out:
        return subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            **options,
        )
