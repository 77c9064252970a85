"""As whom the servers run: PostgreSQL refuses to be root, so root lends both an unprivileged account."""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import Unavailable

# The kernel's numbers of the capabilities that let a process pass through folders closed to it.
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
    entry = _owner(data) or _unprivileged()
    plain = Account(entry.pw_uid, entry.pw_gid, (_setpriv(), *_identity(entry)))
    if all(_reaches(plain, path) for path in needed):
        return plain
    return Account(plain.uid, plain.gid, (*plain.setpriv, *_passage()))


def _owner(data: Path) -> pwd.struct_passwd | None:
    uid = data.stat().st_uid if data.exists() else 0
    return pwd.getpwuid(uid) if uid else None


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("PostgreSQL cannot run as root, and there is no user 'nobody' to run it as.")


def _setpriv() -> str:
    program = shutil.which("setpriv")
    if program is None:
        raise Unavailable("PostgreSQL cannot run as root: install setpriv (util-linux), or be an ordinary user.")
    return program


def _identity(entry: pwd.struct_passwd) -> tuple[str, ...]:
    return (f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")


def _reaches(account: Account, path: Path) -> bool:
    return subprocess.run(account.command("test", "-x", str(path)), check=False).returncode == 0


def _passage() -> tuple[str, ...]:
    ours = _own_capabilities()
    for name, number in _PASS_CAPABILITIES.items():
        if ours & (1 << number):
            # Without no_setuid_fixup access(2), which PostgreSQL asks about its own binary, ignores capabilities.
            return (f"--inh-caps=-all,+{name}", f"--ambient-caps=-all,+{name}", "--securebits=+no_setuid_fixup")
    raise Unavailable("The data folder or .venv lies where only root may enter, and PostgreSQL cannot run as root.")


def _own_capabilities() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:"))
