"""As whom the servers run: PostgreSQL refuses to be root, so root lends both an unprivileged account."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import Unavailable

# The kernel's numbers of the capabilities to pass through closed folders, and to run what only root may run.
_PASS_CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    setpriv: tuple[str, ...] = ()

    def command(self, *command: str, parent_death: signal.Signals = signal.SIGTERM) -> list[str]:
        """`command`, run as this account; the signal is what it gets when its parent dies."""
        if not self.setpriv:
            return list(command)
        return [*self.setpriv, f"--pdeathsig={parent_death.name[3:]}", "--", *command]

    def make_folder(self, folder: Path) -> None:
        """A folder that this account alone can enter."""
        folder.mkdir(mode=0o700)
        os.chown(folder, self.uid, self.gid)


def choose(data: Path, *needed: Path) -> Account:
    """Ourselves, unless we are root: then the owner of `data`, or someone who is nobody.

    What is `needed` can be reached by the account even inside a folder closed to it, such as /root.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    uid, gid = _owner(data) or _unprivileged()
    identity = (_setpriv(), f"--reuid={uid}", f"--regid={gid}", "--clear-groups")
    for passage in ((), *_passages()):
        account = Account(uid, gid, (*identity, *passage))
        if all(_reaches(account, path) for path in needed):
            return account
    raise Unavailable("The data folder or .venv lies where only root may enter, and PostgreSQL cannot run as root.")


def _owner(data: Path) -> tuple[int, int] | None:
    """Whoever ran the servers before, unless it was root who made the folder."""
    found = data.stat() if data.exists() else None
    return (found.st_uid, found.st_gid) if found and found.st_uid else None


def _unprivileged() -> tuple[int, int]:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise Unavailable("PostgreSQL cannot run as root, and there is no user 'nobody' to run it as.")


def _setpriv() -> str:
    program = shutil.which("setpriv")
    if program is None:
        raise Unavailable("PostgreSQL cannot run as root: install setpriv (util-linux), or be an ordinary user.")
    return program


def _reaches(account: Account, path: Path) -> bool:
    return subprocess.run(account.command("test", "-x", str(path)), check=False).returncode == 0


def _passages() -> Iterator[tuple[str, ...]]:
    """Options of setpriv that lend one of root's capabilities, the lesser first."""
    ours = _own_capabilities()
    for name, number in _PASS_CAPABILITIES.items():
        if ours & (1 << number):
            # Without no_setuid_fixup access(2), which PostgreSQL asks about its own binary, ignores capabilities.
            yield f"--inh-caps=-all,+{name}", f"--ambient-caps=-all,+{name}", "--securebits=+no_setuid_fixup"


def _own_capabilities() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:"))
