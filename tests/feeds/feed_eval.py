"""feed_eval.py EXPECTED GOT ROOT DIFFERENCES: lays what build/tests/feed-eval read beside what was
expected, both one JSON object a line. Every file that differs must be listed, with its reason, in
DIFFERENCES, and every file listed must differ; at least 97 % must agree."""
import json
import sys

expected_path, got_path, root, kept_path = sys.argv[1:]
FIELDS = ('id', 'title', 'link', 'published', 'updated', 'author', 'words')


def read(path, prefix=''):
    with open(path, encoding='utf-8') as lines:
        return {found['file'].removeprefix(prefix): found for found in map(json.loads, lines)}


def same(a, b):
    """Nothing, an empty text and an empty list are one; white space counts as one space."""
    if isinstance(a, str) and isinstance(b, str):
        return a.split() == b.split()
    return (a or None) == (b or None)


def differences(want, have):
    if not same(want['format'], have['format']):
        yield 'format'
    if len(want['entries']) != len(have['entries']):
        yield 'entries'
    for number, (a, b) in enumerate(zip(want['entries'], have['entries'])):
        for field in FIELDS:
            if not same(a[field], b[field]):
                yield '%s of entry %d' % (field, number)


expected, got = read(expected_path), read(got_path, root + '/')
with open(kept_path, encoding='utf-8') as lines:
    kept = dict(line.split(None, 1) for line in lines if line.strip() and not line.startswith('#'))
wrong = {}
for file, want in expected.items():
    found = list(differences(want, got[file])) if file in got else ['nothing was read']
    if found:
        wrong[file] = ', '.join(found)
agreed = len(expected) - len(wrong)
print('%d of %d files agree, %.1f %%' % (agreed, len(expected), 100 * agreed / len(expected)))
fine = agreed >= 0.97 * len(expected)
for file in sorted(wrong.keys() - kept.keys()):
    print('%s differs in %s' % (file, wrong[file]))
    fine = False
for file in sorted((kept.keys() & expected.keys()) - wrong.keys()):
    print('%s agrees now: take it out of the list' % file)
    fine = False
sys.exit(not fine)
