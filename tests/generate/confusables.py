#!/usr/bin/env python3
"""Writes filter/text/confusables.tbl: which non-ASCII code points read as which ASCII text.

    tests/generate/confusables.py > filter/text/confusables.tbl

The facts are UTS #39's, as the installed ICU knows them (libicui18n). On top come decimal digits
of all scripts by their value, and look-alikes that UTS #39 leaves out because they differ a
little: small capitals, lower-case Cyrillic and Greek of which the capital is a look-alike (text
is case-folded), letters in black circles and squares. What NFKC case folding already turns into
ASCII is left out. UTS #39 takes capital I, l, 1 and | for one, and m for rn: here a look-alike
of capital I is i, and rn is m again.
"""
import ctypes
import ctypes.util
import sys
import unicodedata

OWN = {
    # small capitals
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz")),
    # lower case whose shape is near a Latin letter's; Cyrillic, Greek
    **dict(zip("вгкмнптьё", "brkmnntbe")), "н": "h",
    **dict(zip("ακνορτυχκηωμβ", "akvoptuxknwub")),
    # Latin letters that people take for a plain one; a stroke has no decomposition
    **dict(zip("ıȷɑɡɩʟøđħłŧƀƶɨʉɫɓɗƙɲƥƭʋƴɛɔʍ", "ijagilodhltbziulbdknptvyeow")),
}
CAPITAL_I = set("ІΙӀⅠꓲᛁⵏ")  # IOTA and others whose prototype is l, but which stand for I
PUNCTUATION = {
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "⁃": "-", "﹘": "-",
    "‘": "'", "’": "'", "‚": ",", "‛": "'", "′": "'", "ʹ": "'", "ʻ": "'", "ʼ": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"', "‹": "'", "›": "'",
    "⁄": "/", "∕": "/", "⧸": "/", "∖": "\\", "∗": "*", "⁎": "*", "✱": "*", "∣": "|", "ǀ": "|",
    "∶": ":", "։": ":", "‧": "·", "∙": "·", "⋅": "·", "•": "·", "・": "·", "●": "·", "。": ".",
    "~": "~", "∼": "~", "〜": "~",
}


def icu():
    for version in range(90, 60, -1):
        try:
            library = ctypes.CDLL(f"libicui18n.so.{version}")
        except OSError:
            continue
        opened = getattr(library, f"uspoof_open_{version}")
        opened.restype = ctypes.c_void_p
        status = ctypes.c_int(0)
        checker = opened(ctypes.byref(status))
        skeleton = getattr(library, f"uspoof_getSkeletonUTF8_{version}")
        skeleton.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int32,
                             ctypes.c_char_p, ctypes.c_int32, ctypes.POINTER(ctypes.c_int)]

        def of(text):
            out = ctypes.create_string_buffer(256)
            utf8 = text.encode()
            length = skeleton(checker, 0, utf8, len(utf8), out, 256, ctypes.byref(status))
            return out.raw[:length].decode()
        return of
    sys.exit("needs ICU: apt-get install libicu72")


def nfkc_casefold(text):
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def black_letters():
    for start in (0x1F150, 0x1F170):  # negative circled, negative squared
        for i in range(26):
            yield chr(start + i), chr(ord("a") + i)


def ascii_of(char, skeleton):
    if char in OWN:
        return OWN[char]
    if char in PUNCTUATION:
        return PUNCTUATION[char]
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.digit(char))
    if unicodedata.bidirectional(char) in ("R", "AL"):
        return None  # right to left: disguises nothing, and there alef would be l
    if unicodedata.category(char)[0] not in "LNPS":
        return None
    reads = skeleton(char)
    if not reads or not reads.isascii():
        return None
    if reads == "l" and char in CAPITAL_I:
        return "i"
    if unicodedata.category(char) == "Lu" and reads == "l":
        return "i" if char != "Ӏ" else "l"
    if (unicodedata.category(char)[0] in "LN") != reads[0].isalnum():
        return None  # a letter that looks like a comma is a letter still, infinity no "oo"
    return reads.lower().replace("rn", "m").rstrip("'") or "'"


def main():
    skeleton = icu()
    table = {}
    for code in list(range(0x80, 0xD800)) + list(range(0xF900, 0x20000)):
        char = chr(code)
        if unicodedata.category(char) in ("Cn", "Co", "Cs", "Cc", "Cf") or nfkc_casefold(char).isascii():
            continue
        reads = ascii_of(char, skeleton)
        if reads is not None:
            table[char] = reads
    table.update(black_letters())
    # Case-insensitive text: where one case of a letter has a reading, the other has it too.
    for char, reads in list(table.items()):
        for other in (char.lower(), char.upper()):
            if len(other) == 1 and not nfkc_casefold(other).isascii():
                table.setdefault(other, reads)
    print("/* Non-ASCII that reads as ASCII: CONFUSABLE(code point, reading), sorted.")
    print("   Written by tests/generate/confusables.py; the readings are facts of UTS #39 and ours. */")
    for char in sorted(table):
        reads = table[char].replace("\\", "\\\\").replace('"', '\\"')
        print(f'CONFUSABLE(0x{ord(char):04X}, "{reads}")')


main()
