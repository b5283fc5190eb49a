#!/usr/bin/env python3
"""unconfined.py COMMAND...: run it as on a kernel without seccomp filters. The calls that would
install one fail with ENOSYS and EINVAL. x86-64 and aarch64."""

import ctypes
import errno
import os
import platform
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2
PRCTL, SECCOMP = {"x86_64": (157, 317), "aarch64": (167, 277)}[platform.machine()]
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NUMBER, FIRST_ARGUMENT = 0, 16

PROGRAM = [
    (LOAD, 0, 0, NUMBER),
    (EQUAL, 4, 0, SECCOMP),
    (EQUAL, 0, 2, PRCTL),
    (LOAD, 0, 0, FIRST_ARGUMENT),
    (EQUAL, 2, 0, PR_SET_SECCOMP),
    (RETURN, 0, 0, ALLOW),
    (RETURN, 0, 0, ERRNO | errno.ENOSYS),
    (RETURN, 0, 0, ERRNO | errno.EINVAL),
]


class Fprog(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def main():
    libc = ctypes.CDLL(None, use_errno=True)
    text = b"".join(struct.pack("=HBBI", *line) for line in PROGRAM)
    program = Fprog(len(PROGRAM), text)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
    if libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0) != 0:
        sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
    os.execvp(sys.argv[1], sys.argv[1:])


main()
