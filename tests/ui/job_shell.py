"""Run a program as a shell with job control does: `python -m tests.ui.job_shell PROGRAM …`.

When the program stops, the terminal gets back the settings of the shell, and a line typed then
continues it.
"""

import os
import signal
import sys
import termios

STOPPED, PROMPT = "the job has stopped", "shell> "


def main(command: list[str]) -> int:
    """Run the command in the foreground until it ends, and return its exit code.

    Args:
        command: Program and its arguments.
    """
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    own = termios.tcgetattr(0)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        os.tcsetpgrp(0, os.getpgrp())
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)
        changed = termios.tcgetattr(0) != own
        termios.tcsetattr(0, termios.TCSADRAIN, own)
        print(f"{STOPPED}{', the terminal was changed' if changed else ''}\n{PROMPT}", end="")
        sys.stdout.flush()
        sys.stdin.readline()
        os.tcsetpgrp(0, job)
        os.killpg(job, signal.SIGCONT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
