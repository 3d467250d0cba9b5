"""Debian's packages, for what pip cannot install."""

import os
import shutil
import subprocess
import sys

APT_SECONDS = 900


def succeeds(command: list[str], seconds: float, quiet: bool = False) -> bool:
    """Return whether a command ends well and in time; its output goes to standard error."""
    output = subprocess.DEVNULL if quiet else sys.stderr
    try:
        done = subprocess.run(command, stdout=output, stderr=output, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install(*packages: str) -> bool:
    """Install packages with apt-get, if there is one; returns whether that went well."""
    if not shutil.which("apt-get"):
        return False
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    apt = ["apt-get", "-qq", "-y"]
    if os.geteuid():
        # Only a person at a terminal can be asked for a password.
        apt = [
            "sudo",
            "--preserve-env=DEBIAN_FRONTEND",
            *([] if sys.stdin.isatty() else ["-n"]),
            *apt,
        ]
    succeeds([*apt, "update"], APT_SECONDS)
    return succeeds([*apt, "install", "--no-install-recommends", *packages], APT_SECONDS)
