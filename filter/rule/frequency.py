#!/usr/bin/env python3
"""Measures how often bytes and words follow one another in Indonesian text, for frequency.c.

usage: filter/rule/frequency.py bytes|words FILE.csv… >filter/rule/frequency_bytes.tbl

The files are CSV with a header; every field of a column named text, title, informal, formal, text_a
or text_b counts. Only counts leave this script, none of the text: words as hashes of 32 bits.
"""
import csv
import math
import re
import sys
import unicodedata

COLUMNS = {"text", "title", "informal", "formal", "text_a", "text_b"}
CLASSES = "abcdefghijklmnopqrstuvwxyz0 .,-/:'\"#@_()!?&=%+"  # "0": any digit
OTHER, BEYOND = len(CLASSES), len(CLASSES) + 1  # other ASCII; bytes of what is not ASCII
SIZE = BEYOND + 1
MEMBERS = {CLASSES.index("0"): 10, OTHER: 50, BEYOND: 64}
UNITS_PER_BIT = 8
WORDS = 2048


def class_of(byte):
    if byte >= 0x80:
        return BEYOND
    letter = chr(byte)
    if letter.isdigit():
        return CLASSES.index("0")
    return CLASSES.index(letter) if letter in CLASSES else OTHER


def texts(paths):
    csv.field_size_limit(1 << 24)
    for path in paths:
        with open(path, newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                for name in sorted(COLUMNS & row.keys()):
                    text = unicodedata.normalize("NFKC", row[name] or "").casefold()
                    yield " " + " ".join(text.split()) + " "


def cost(count, total, members=1):
    return min(255, round(UNITS_PER_BIT * (math.log2(total / count) + math.log2(members))))


def print_bytes(paths):
    of = [class_of(b) for b in range(256)]
    single = [1] * SIZE
    pair = [[1] * SIZE for _ in range(SIZE)]
    for text in texts(paths):
        data = text.encode()
        for b in data:
            single[of[b]] += 1
        for a, b in zip(data, data[1:]):
            pair[of[a]][of[b]] += 1
    print("/* Made by filter/rule/frequency.py: costs in 1/8 bit. First each class, then pairs. */")
    for row in [single] + pair:
        total = sum(row)
        print("{" + ", ".join(str(cost(n, total, MEMBERS.get(c, 1))) for c, n in enumerate(row)) + "},")


def hash_of(word):
    h = 2166136261  # FNV-1a
    for b in word.encode():
        h = (h ^ b) * 16777619 & 0xFFFFFFFF
    return h


def print_words(paths):
    counts = {}
    for text in texts(paths):
        for word in re.findall(r"[a-z]+", text):
            counts[word] = counts.get(word, 0) + 1
    total = sum(counts.values())
    common = sorted(counts, key=lambda w: (-counts[w], w))[:WORDS]
    rows = {hash_of(w): cost(counts[w], total) for w in common}
    print("/* Made by filter/rule/frequency.py: hashes of words and their costs in 1/8 bit. */")
    for h in sorted(rows):
        print("{0x%08x, %d}," % (h, rows[h]))


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("bytes", "words"):
        sys.exit(__doc__)
    (print_bytes if sys.argv[1] == "bytes" else print_words)(sys.argv[2:])
