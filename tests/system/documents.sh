#!/bin/bash
# What the documents name is there: files, tests in them, make targets, subcommands, links.
. "$(dirname "$0")/lib.sh"

# Paths in `code`, also with a pattern in them.
for document in README.md filter/README.md filter/casebook/README.md rules/README.md feeds/example/README.md; do
    while read -r path; do
        compgen -G "$path" >/dev/null || fail "$document names $path, which is not there"
    done < <(grep -oE '`(filter|feeds|rules|tests)/[A-Za-z0-9_./*{}-]+`' "$document" | tr -d '`' | sort -u)
    while read -r link; do
        compgen -G "$(dirname "$document")/${link%%#*}" >/dev/null || fail "$document links to $link, which is not there"
    done < <(grep -oE '\]\([^)]+\)' "$document" | sed 's/^](//; s/)$//' | grep -vE '^(https?:|#)' | sort -u)
done

# `tests/…: name` in the table of limits: the test of that name is in that file.
while IFS='|' read -r file name; do
    grep -qF "$name" "$file" || fail "filter/README.md: there is no '$name' in $file"
done < <(grep -oE '`tests/[^`]+`: `[^`]+`' filter/README.md | sed -E 's/`([^`]+)`: `([^`]+)`/\1|\2/')

rows=$(grep -cE '^\| [1-8] \|' filter/README.md)
is "$rows" 8 'the table of limits has a row for each'

# Each of REVIEW's 52 abuse checks is one of tests/system/abuse, once; each test that the table of ASVS
# names is there, and every row of it has a test or a reason.
checks=$(grep -hoE '^check [0-9]+ ' tests/system/abuse/*.sh | tr -dc '0-9\n' | sort -n | paste -sd' ')
is "$checks" "$(seq 52 | paste -sd' ')" 'the abuse checks'
asvs=tests/system/asvs.md
while IFS='|' read -r file name; do
    grep -qF -- "$name" "$file" || fail "$asvs: there is no '$name' in $file"
done < <(grep -oE '`tests/[^`]+`: `[^`]+`' $asvs | sed -E 's/`([^`]+)`: `([^`]+)`/\1|\2/')
while read -r path; do [ -e "$path" ] || fail "$asvs names $path, which is not there"; done < <(grep -oE '`(tests|filter|feeds|rules)/[^`]+`' $asvs | tr -d '`' | sort -u)
! grep -E '^\| [0-9.]+ \|' $asvs | grep -vE '\| (ya|sebagian|tidak|bukan) \| .{8,} \|$' || fail "$asvs: a row without its status, or its test or reason"
[ "$(grep -E '^\| [0-9.]+ \|' $asvs | cut -d'|' -f2 | sort | uniq -d)" = '' ] || fail "$asvs: a requirement stands twice"
for chapter in 1 2 3 4 6 7 8 16; do grep -qE "^\| $chapter\.[0-9]" $asvs || fail "$asvs: nothing of chapter $chapter"; done

# Every target is in `make help`, which fits a screen.
help=$(make -s help)
[ "$(echo "$help" | wc -l)" -le 24 ] || fail 'make help does not fit a screen'
for target in $(grep -oE '`make [a-z-]+`|^make [a-z-]+' README.md filter/README.md | grep -oE 'make [a-z-]+' | cut -d' ' -f2 | sort -u); do
    grep -qE "^$target:" Makefile || fail "there is no target $target"
done
for target in $(sed -n 's/^\.PHONY: //p' Makefile); do
    case $target in unit-tests) continue ;; esac
    has "$help" "$target" 'make help'
done

[ "$("$saring" --help | wc -l)" -le 24 ] || fail "saring --help does not fit a screen"
# Every subcommand that the README calls exists, and its --help fits a screen and has an example.
for command in $(grep -oE 'build/saring [a-z]+' README.md | cut -d' ' -f2 | sort -u); do
    has "$("$saring" --help)" "  $command" "saring --help"
done
for command in $("$saring" --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | grep -vx saring); do
    text=$("$saring" "$command" --help)
    [ "$(echo "$text" | wc -l)" -le 24 ] || fail "saring $command --help does not fit a screen"
    [ "$(echo "$text" | LC_ALL=C.UTF-8 wc -L)" -le 80 ] || fail "saring $command --help is wider than 80 columns"
    has "$text" "saring $command" "an example of saring $command"
done

text=$("$root/build/saring-pull" --help)
[ "$(echo "$text" | wc -l)" -le 24 ] || fail "saring-pull --help does not fit a screen"
[ "$(echo "$text" | LC_ALL=C.UTF-8 wc -L)" -le 80 ] || fail "saring-pull --help is wider than 80 columns"

# Every key of saring.yml that the program knows is in the README, those of a part as `part.key`.
keys_of() { tr -d '\n' <filter/pipeline/config.c | grep -oE "const $1\[\] = \{[^}]*\}" | grep -oE '"[a-z_]+"' | tr -d '"' || true; }
for key in $(keys_of keys); do
    parts=$(keys_of "${key}_keys")
    for part in $parts; do has "$(cat README.md)" "\`$key.$part\`" "saring.yml's keys"; done
    [ -n "$parts" ] || has "$(cat README.md)" "\`$key\`" "saring.yml's keys"
done
