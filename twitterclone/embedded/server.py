"""What PostgreSQL and Redis have in common as embedded servers: folders, account, command, address."""

import hashlib
import os
import re
import shutil
import signal
import stat
import tempfile
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from . import Unavailable
from .account import Account, choose

# A socket's path has at most 107 bytes (macOS: 103), and PostgreSQL's adds 14 to its folder's. It is also written in
# URLs and lists, each with its own way of quoting, or none: all that needs it is ruled out.
_FIT_FOR_SOCKETS = re.compile(r"[A-Za-z0-9_./-]{1,89}")


class Server(ABC):
    """One embedded server that lives in `data_dir/<name>` and speaks over a Unix socket only."""

    name: ClassVar[str]
    title: ClassVar[str]
    stop: ClassVar[signal.Signals]

    def __init__(self, data_dir: Path, *, discard: bool = False) -> None:
        """With `discard` the data folder, which then must be this server's own, vanishes with its last user."""
        self.home = data_dir.resolve() / self.name
        self.log = data_dir.resolve() / "logs" / f"{self.name}.log"
        self.discard = discard

    @property
    def data(self) -> Path:
        return self.home / "data"

    @cached_property
    def account(self) -> Account:
        return choose(self.data, self.program, self.home)

    @cached_property
    def sockets(self) -> Path:
        """The folder of the socket: in the home, or behind a link where the home's path is not fit for one."""
        folder = self.home / "socket"
        return folder.readlink() if folder.is_symlink() else folder

    def check(self) -> None:
        """Raises Unavailable where this server cannot run, before anything is started."""
        if not os.access(self.program, os.X_OK):
            raise Unavailable(f"{self.program} cannot be run by this user.")

    @property
    @abstractmethod
    def program(self) -> Path: ...

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments, without the account."""

    @abstractmethod
    def fill(self, data: Path) -> None:
        """Fill the empty folder of a new server; stopped half-way, it is called again with another."""

    @abstractmethod
    def answers(self) -> bool: ...

    @abstractmethod
    def settle(self) -> None:
        """Add what users expect inside the running server; called by each of them."""

    def prepare(self) -> None:
        """Everything needed before the program can start. Nothing of the server is running."""
        self._place_sockets()
        if not self.data.exists():
            fresh = self.home / "data.new"
            shutil.rmtree(fresh, ignore_errors=True)
            self.account.make_folder(fresh)
            self.fill(fresh)
            fresh.rename(self.data)

    def _place_sockets(self) -> None:
        near = self.home / "socket"
        if not _FIT_FOR_SOCKETS.fullmatch(str(near)):
            far = self._far_sockets()
            near.unlink(missing_ok=True)
            near.symlink_to(far)
        elif not near.exists():
            self.account.make_folder(near)

    def _far_sockets(self) -> Path:
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - the folder itself is ours alone, or refused
            folder = Path(parent) / f"twitterclone-{mark}"
            if _FIT_FOR_SOCKETS.fullmatch(str(folder)):
                return self._private(folder)
        raise Unavailable(f"{self.home} is no path for a Unix socket, and neither is {folder}.")

    def _private(self, folder: Path) -> Path:
        try:
            self.account.make_folder(folder)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.uid or found.st_mode & 0o077:
                raise Unavailable(f"{folder} is not a private folder of ours; remove it.") from None
        return folder
