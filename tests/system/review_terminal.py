"""Answers a program's questions on a terminal of its own: review_terminal.py OUT PROGRAM… <ANSWERS.

ANSWERS has a line "question<TAB>answer" for each question, in order; a question is waited for.
What the terminal showed goes to OUT, and the exit code is the program's.
"""
import os
import pty
import select
import sys
import time

shown = b""
steps = [line.rstrip("\n").split("\t") for line in sys.stdin]
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
end = time.monotonic() + 60


def read():
    global shown
    ready, _, _ = select.select([master], [], [], max(0, end - time.monotonic()))
    if not ready:
        sys.exit("no question within a minute: " + shown.decode(errors="replace"))
    try:
        got = os.read(master, 4096)
    except OSError:
        got = b""
    shown += got
    return got


at = 0
for question, answer in steps:
    while shown.find(question.encode(), at) < 0:
        if not read():
            sys.exit("ended before it asked " + question + ": " + shown.decode(errors="replace"))
    at = shown.find(question.encode(), at) + len(question)
    # What is typed before the echo is off would be shown: wait as a person does, for the terminal.
    if question.startswith("Kata sandi") or question.startswith("Sekali lagi"):
        import termios
        while termios.tcgetattr(master)[3] & termios.ECHO:
            time.sleep(0.01)
    os.write(master, answer.encode() + b"\n")
while read():
    pass
_, status = os.waitpid(pid, 0)
with open(sys.argv[1], "wb") as out:
    out.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
