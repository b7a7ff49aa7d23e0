"""feedparser_speed.py FILE: prints how many MB a second feedparser reads of it, in processor time."""
import sys
import time

import feedparser

with open(sys.argv[1], 'rb') as file:
    document = file.read()
feedparser.parse(document)
rounds = []
for _ in range(3):
    start = time.process_time()
    if not feedparser.parse(document).entries:
        sys.exit(1)
    rounds.append(len(document) / 1e6 / (time.process_time() - start))
print(sorted(rounds)[1])
