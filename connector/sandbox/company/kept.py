"""Companies kept in a folder, so that a large one is made once: its register, and beside it the tables' database.

A folder of its own holds each, named by size, seed, the profile's shape and the generator's own source: another
version makes its own. It gets its name when it is whole, so that nobody finds half of one.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa

from connector.sandbox.company.company import Company, generate, of_register
from connector.sandbox.company.register import Register
from connector.sandbox.profile import Profile

_TABLES = "tables.duckdb"
_PARTS = ("headers", "lines", "links")


def kept(folder: Path, *, lines: int, seed: int, profile: Profile) -> tuple[Company, Path]:
    """The company, made where it is not there yet, and the file that its tables are kept in.

    Raises OSError where the folder cannot be written, ValueError as `generate` does.
    """
    place = folder / _name(lines, seed, profile)
    try:
        register = _read(place)
    except FileNotFoundError:
        pass
    except pa.ArrowInvalid:  # cut off: made anew, with its tables
        shutil.rmtree(place, ignore_errors=True)
    else:
        return of_register(register, lines=lines, seed=seed, profile=profile), place / _TABLES
    company = generate(lines=lines, seed=seed, profile=profile)
    _write(company.register, place)
    return company, place / _TABLES


def _name(lines: int, seed: int, profile: Profile) -> str:
    digest = hashlib.sha256()
    sandbox = Path(__file__).parents[1]
    for source in sorted(
        [*Path(__file__).parent.rglob("*.py"), sandbox / "table.py", sandbox / "suiteql" / "storage.py"]
    ):
        digest.update(source.read_bytes())
    shape = "oneworld" if profile.oneworld else "single"
    return f"{lines}-{seed}-{shape}-{profile.calendar}-{digest.hexdigest()[:12]}"


def _write(register: Register, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".making-", dir=place.parent))
    try:
        for part in _PARTS:
            table: pa.Table = getattr(register, part)
            with pa.OSFile(str(unfinished / part), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)
        try:
            unfinished.rename(place)
        except OSError:
            if not place.is_dir():  # else another process was faster, and its folder stays
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _read(place: Path) -> Register:
    """Mapped into memory: only what is looked at is read."""
    return Register(*(pa.ipc.open_file(pa.memory_map(str(place / part))).read_all() for part in _PARTS))
