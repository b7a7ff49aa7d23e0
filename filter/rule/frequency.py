#!/usr/bin/env python3
"""Measures how often bytes follow one another in Indonesian text, for filter/rule/frequency.c.

usage: filter/rule/frequency.py FILE.csv… >filter/rule/frequency.tbl

The files are CSV with a header; every field of a column named text, title, informal, formal, text_a
or text_b counts. Only the counts of byte pairs leave this script, none of the text.
"""
import csv
import math
import sys
import unicodedata

COLUMNS = {"text", "title", "informal", "formal", "text_a", "text_b"}
CLASSES = "abcdefghijklmnopqrstuvwxyz0 .,-/:'\"#@_()!?&=%+"  # "0": any digit
OTHER, BEYOND = len(CLASSES), len(CLASSES) + 1  # other ASCII; bytes of what is not ASCII
SIZE = BEYOND + 1
MEMBERS = {CLASSES.index("0"): 10, OTHER: 50, BEYOND: 64}
UNITS_PER_BIT = 8


def class_of(byte):
    if byte >= 0x80:
        return BEYOND
    letter = chr(byte)
    if letter.isdigit():
        return CLASSES.index("0")
    return CLASSES.index(letter) if letter in CLASSES else OTHER


def main(paths):
    csv.field_size_limit(1 << 24)
    of = [class_of(b) for b in range(256)]
    single = [1] * SIZE
    pair = [[1] * SIZE for _ in range(SIZE)]
    for path in paths:
        with open(path, newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                for name in COLUMNS & row.keys():
                    text = unicodedata.normalize("NFKC", row[name] or "").casefold()
                    data = (" " + " ".join(text.split()) + " ").encode()
                    for b in data:
                        single[of[b]] += 1
                    for a, b in zip(data, data[1:]):
                        pair[of[a]][of[b]] += 1

    def cost(count, total, cls):
        bits = math.log2(total / count) + math.log2(MEMBERS.get(cls, 1))
        return min(255, round(UNITS_PER_BIT * bits))

    total = sum(single)
    print("/* Made by filter/rule/frequency.py: costs in 1/8 bit. First each class, then pairs. */")
    print("{" + ", ".join(str(cost(n, total, c)) for c, n in enumerate(single)) + "},")
    for row in pair:
        total = sum(row)
        print("{" + ", ".join(str(cost(n, total, c)) for c, n in enumerate(row)) + "},")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
