#!/bin/bash
# The abuse checks of REVIEW, section 5, that belong to HTTP and to what comes in; all 52, and their table:
# tests/long/abuse.sh (make check-system).
exec "$(dirname "$0")/../long/abuse.sh" web input
