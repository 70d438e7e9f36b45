"""Install the clients of others into environments of their own, from their locks; does nothing where that is done."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
_BIN = "Scripts" if os.name == "nt" else "bin"
_NODE_HOME = HERE / ".node"
_OLDEST_NODE = 20
PYTHON = HERE / ".venv" / _BIN / "python"


def main() -> None:
    """Both environments, each made anew when its lock changes."""
    _once(HERE / "requirements.lock", HERE / ".venv", _install_python)
    _once(HERE / "package-lock.json", HERE / "node_modules", _install_npm)


def node() -> Path:
    """Node.js 20 or newer with its npm beside it: the machine's, else one from PyPI."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _major(found) >= _OLDEST_NODE:
        return Path(found)
    _once(HERE / "node.lock", _NODE_HOME, _install_python)
    return _NODE_HOME / _BIN / "node"


def _major(command: str) -> int:
    told = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
    return int(told.strip().removeprefix("v").split(".")[0])


def _once(lock: Path, place: Path, install: Callable[[Path, Path], None]) -> None:
    stamp = place / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(place, ignore_errors=True)
        install(lock, place)
        stamp.write_text(wanted)


def _install_python(lock: Path, place: Path) -> None:
    venv.create(place, with_pip=True)
    pip = [place / _BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)


def _install_npm(lock: Path, _place: Path) -> None:
    command = node()
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"  # npm starts the node it finds there
    npm = shutil.which("npm", path=path) or "npm"
    arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run([npm, *arguments], cwd=lock.parent, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        sys.exit("npm could not install tests/third_party/package-lock.json; its own words stand above.")


if __name__ == "__main__":
    main()
