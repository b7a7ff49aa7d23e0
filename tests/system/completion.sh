#!/bin/bash
# What bash offers at the Tab key: every command, every verb of rules, options as --help has them.
. "$(dirname "$0")/lib.sh"

"$saring" completion bash >"$work/completion"
bash -n "$work/completion" || fail "the script is none"
PATH=$root/build:$PATH
. "$work/completion"
complete -p saring >/dev/null || fail "nothing is completed"
offers() { # offers WORD…: what is offered for the last word
    COMP_WORDS=(saring "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _saring
    echo " ${COMPREPLY[*]} "
}
commands=$(sed -n 's/^COMMAND("\([a-z]*\)".*/\1/p' filter/cli/commands.tbl)
for command in $commands; do has "$(offers "")" " $command " "commands"; done
verbs=$(sed -n 's/^VERB("\([a-z]*\)".*/\1/p' filter/cli/rules_verbs.tbl)
for verb in $verbs; do
    has "$(offers rules "")" " $verb " "verbs of rules"
    "$saring" rules "$verb" --help >/dev/null || fail "rules $verb --help"
    has "$("$saring" rules --help)" "  $verb " "rules --help names $verb"
done
is "$(offers ru)" " rules run " "a beginning"
is "$(offers rules ba)" " backtest " "a beginning of a verb"
has "$(offers rules backtest --be)" " --before " "an option of a verb"
has "$(offers rules release x.yml --)" " --reason " "another option"
has "$(offers scan --)" " --rules " "an option of a command"
has "$(offers review "")" " propose " "a verb that --help names"
has "$(offers season "")" " start " "another one"
is "$(offers completion "")" " bash " "shells"
is "$(offers zzz "")" "  " "an unknown command"
status=0
"$saring" completion ikan 2>/dev/null || status=$?
is $status 2 "another shell"
[ "$("$saring" --help | wc -l)" -le 24 ] || fail "--help is longer than a screen"
