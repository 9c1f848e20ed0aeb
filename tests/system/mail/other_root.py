# SPDX-License-Identifier: Apache-2.0
"""A root directory of its own on top of the host's: mail servers that Debian does not let live beside each other are
really installed in it, and all is gone with the test's mount namespace. Programs in it see the host's files otherwise."""
import atexit
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position

APT_SECONDS = 300
INSIDE = "CHOKEPOINT_TEST_MOUNTS"


def enter_mount_namespace():
    """Begins the calling program anew in a mount namespace of its own."""
    if os.environ.get(INSIDE) != "yes":
        os.environ[INSIDE] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--propagation=private", sys.executable, *sys.argv])


class OtherRoot:
    """Overlay of / with a temporary file system, in which packages are installed. Leave it before the namespace ends."""

    def __init__(self, packages, shared=()):
        """shared: directories that both roots see as the same."""
        self.packages = packages
        self.shared = [pathlib.Path(path) for path in shared]
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="chokepoint-root-"))
        self.root = self.base / "root"
        self.mounts = []
        atexit.register(self.close)

    def __enter__(self):
        try:
            self._mount("-t", "tmpfs", "-o", "mode=0755", "tmpfs", self.base)
            for name in ("upper", "work", "root"):
                (self.base / name).mkdir()
            self._mount("-t", "overlay", "overlay",
                        "-o", f"lowerdir=/,upperdir={self.base}/upper,workdir={self.base}/work", self.root)
            for path in ("/proc", "/sys", "/dev", *self.shared):
                inside = self.path(path)
                inside.mkdir(parents=True, exist_ok=True)
                self._mount("--rbind", path, inside)
            self._install()
        except BaseException:
            self.close()
            raise
        return self

    def _mount(self, *arguments):
        host.run("mount", *arguments)
        self.mounts.append(arguments[-1])

    def _install(self):
        policy = self.path("/usr/sbin/policy-rc.d")
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        cache = host.BUILD / "mail-packages" / self.packages[0]
        (cache / "partial").mkdir(parents=True, exist_ok=True)
        command = ["chroot", self.root, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", "apt-get", "install", "-y", "-q",
                   "--no-install-recommends", "-o", f"Dir::Cache::archives={cache}", "-o", "APT::Sandbox::User=root",
                   "-o", "APT::Keep-Downloaded-Packages=true", "-o", "Dpkg::Use-Pty=0",
                   "-o", "Dpkg::Options::=--force-unsafe-io", "-o", "DPkg::Lock::Timeout=60", *self.packages]
        result = host.run(*command, check=False, timeout=APT_SECONDS)
        if result.returncode != 0:
            host.run("chroot", self.root, "apt-get", "update", "-q", timeout=APT_SECONDS, check=False)
            host.run(*command, timeout=APT_SECONDS)

    def path(self, path):
        """Where something of the other root is, seen from ours."""
        return self.root / str(path).lstrip("/")

    def command(self, *words):
        """The words of a command in the other root."""
        return ("chroot", str(self.root), *words)

    def close(self):
        for mount in reversed(self.mounts):
            with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):
                host.run("umount", "--lazy", "--recursive", mount)
        self.mounts.clear()
        with contextlib.suppress(OSError):
            self.base.rmdir()

    def __exit__(self, *_):
        self.close()
