"""Chromium for the tests: the machine's, installed from Debian's packages where that may be done.

Run as a program it installs; where it cannot, it says in one line what to install. In CI (`CI=true`) it must be there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "Chromium is missing, and with it the tests of the pages: apt-get install chromium"


def chromium() -> str | None:
    """The command, where there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    """Install it where this machine has Debian's packages and lets us."""
    if chromium() is not None:
        return 0
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *words], check=False, env=environment, stdout=subprocess.DEVNULL)
    if chromium() is None:
        sys.stderr.write(f"{MISSING}\n")
        return int(os.environ.get("CI") == "true")
    return 0


if __name__ == "__main__":
    sys.exit(main())
