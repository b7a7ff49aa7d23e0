#!/bin/bash
# The long form of tests/system/casebook_kill.sh: 10,000 decisions, killed at 200 random points.
DECISIONS=10000 KILLS=200 exec "$(dirname "$0")/../system/casebook_kill.sh"
