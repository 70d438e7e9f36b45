"""Companies kept in a folder, so that a large one is made once: its register, and beside it the tables' database.

A folder of its own holds each, named by size, seed, the profile's shape and the generator's own source: another
version makes its own. It gets its name when it is whole, so that nobody finds half of one.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zlib
from pathlib import Path

import pyarrow as pa

from connector.sandbox.company.company import Company, generate, of_register
from connector.sandbox.company.register import Register
from connector.sandbox.profile import Profile

_TABLES = "tables.duckdb"
_PARTS = ("headers", "lines", "links")
_SUMS, _BLOCK = "sums", 1 << 20


def kept(folder: Path, *, lines: int, seed: int, profile: Profile) -> tuple[Company, Path]:
    """The company, made where it is not there yet, and the file that its tables are kept in.

    `folder` is there. Raises OSError where it cannot be written, ValueError as `generate` does.
    """
    place = folder / _name(lines, seed, profile)
    if _is_whole(place):
        return of_register(_read(place), lines=lines, seed=seed, profile=profile), place / _TABLES
    shutil.rmtree(place, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))  # first: it may be that nothing can be kept
    try:
        company = generate(lines=lines, seed=seed, profile=profile)
        _write(company.register, unfinished, place)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
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


def _write(register: Register, unfinished: Path, place: Path) -> None:
    for part in _PARTS:
        table: pa.Table = getattr(register, part)
        with pa.OSFile(str(unfinished / part), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    (unfinished / _SUMS).write_text("\n".join(_checksum(unfinished / part) for part in _PARTS))
    try:
        unfinished.rename(place)
    except OSError:
        if not place.is_dir():  # else another process was faster, and its folder stays
            raise


def _checksum(file: Path) -> str:
    checksum = 0
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return f"{file.name} {checksum:08x}"


def _is_whole(place: Path) -> bool:
    """Whether all parts are there as they were written."""
    try:
        return (place / _SUMS).read_text() == "\n".join(_checksum(place / part) for part in _PARTS)
    except (OSError, UnicodeDecodeError):
        return False


def _read(place: Path) -> Register:
    """Mapped into memory: only what is looked at is read."""
    return Register(*(pa.ipc.open_file(pa.memory_map(str(place / part))).read_all() for part in _PARTS))
