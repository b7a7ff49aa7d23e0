"""search_bytes.py WORDS PLACE…: looks for each of WORDS (a file, one a line) in the raw bytes of every file
below the places, as it is, in other cases, in UTF-16, in hexadecimal, in base64 at any offset, and for its
beginning, as a stem or a token of a search index would keep it. Prints where; exit 1 if anything is found."""
import base64, os, sys

def forms(word):
    stem = word[: max(6, len(word) - 4)]
    for text in {word, word.lower(), word.upper(), word.capitalize(), stem, stem.upper()}:
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        yield text.encode().hex().encode()
        yield text.encode().hex().upper().encode()
    for pad in range(3):  # of the middle, which does not depend on what stands around
        coded = base64.b64encode(b"\0" * pad + word.encode())
        yield coded[4 if pad else 0 : len(coded) - 4]

def files(places):
    for place in places:
        if os.path.isfile(place):
            yield place
        for folder, _, names in os.walk(place):
            yield from (os.path.join(folder, name) for name in names if os.path.isfile(os.path.join(folder, name)))

words = [line.strip() for line in open(sys.argv[1]) if line.strip()]
wanted = [(word, form) for word in words for form in set(forms(word)) if len(form) >= 6]
found = 0
for path in files(sys.argv[2:]):
    data = open(path, "rb").read()
    for word, form in wanted:
        if form in data:
            print(f"{path}: {word} as {form!r}")
            found = 1
sys.exit(found)
