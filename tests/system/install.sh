#!/bin/bash
# .ci/install keeps the servers that come along from starting, by a policy-rc.d that it puts back
# whatever happens; says what it installs; does nothing when all is there. In a mount namespace of
# its own, with an apt-get and a dpkg-query that only note what they are told.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || skip 'needs root, for a mount namespace'
unshare -m true 2>/dev/null || skip 'no mount namespaces here'

mkdir -p "$work/bin" "$work/sbin"
cat >"$work/bin/dpkg-query" <<'SH'
#!/bin/sh
for package; do :; done # the last word
grep -qx "$package" "$WORK/installed" && echo installed || { echo not-installed; exit 1; }
SH
cat >"$work/bin/apt-get" <<'SH'
#!/bin/sh
echo "$*" >>"$WORK/calls"
case " $* " in *" install "*)
    /usr/sbin/policy-rc.d redis-server start; echo "policy says $?" >>"$WORK/calls"
    exit "$(cat "$WORK/apt-exit")" ;;
esac
SH
chmod 755 "$work"/bin/*
export WORK=$work

install() { # in the namespace: /usr/sbin is a folder of ours
    : >"$work/calls"
    WORK=$work PATH=$work/bin:$PATH unshare -m sh -c \
        'mount --bind "$WORK/sbin" /usr/sbin && exec "$@"' sh .ci/install "$@" >"$work/install.log" 2>&1
}
all() { .ci/install 2>/dev/null; sed -n '/^build="/,/"$/p; /^test="/,/"$/p' .ci/install | tr -d '"' | sed 's/^[a-z]*=//' | tr -s ' \n' '\n\n' | sed '/^$/d'; }

# Something is missing: it is named, installed without starting anything, and no policy is left.
all | grep -vx redis-server >"$work/installed"
echo 0 >"$work/apt-exit"
install build test || fail 'it failed'
has "$(cat "$work/install.log")" 'missing packages: redis-server' 'says what is missing'
has "$(cat "$work/calls")" 'policy says 101' 'servers may not start'
has "$(cat "$work/calls")" 'install -q -y --no-install-recommends redis-server' 'installs just that'
[ ! -e "$work/sbin/policy-rc.d" ] || fail 'the policy was left behind'

# A policy that was there comes back, with its mode, also when apt-get fails.
printf '#!/bin/sh\nexit 104\n' >"$work/sbin/policy-rc.d"
chmod 751 "$work/sbin/policy-rc.d"
for status in 0 100; do
    echo $status >"$work/apt-exit"
    install build test && [ $status != 0 ] && fail 'apt-get failed and nobody said so'
    has "$(cat "$work/calls")" 'policy says 101' 'our policy counts'
    is "$(cat "$work/sbin/policy-rc.d")" "$(printf '#!/bin/sh\nexit 104')" 'the policy from before'
    is "$(stat -c %a "$work/sbin/policy-rc.d")" 751 'its mode'
    is "$(ls "$work/sbin")" policy-rc.d 'nothing beside it'
done

# Nothing is missing: nothing is called, not even an update.
all >"$work/installed"
install build test || fail 'it failed with nothing to do'
is "$(cat "$work/calls")" '' 'nothing to do'
is "$(cat "$work/install.log")" '' 'nothing to say'

# Building needs no test packages.
all | grep -vx chromium >"$work/installed"
install build || fail 'build alone failed'
is "$(cat "$work/calls")" '' 'build alone asks for no test packages'

# Another word is refused.
install everything && fail 'an unknown set was taken'
has "$(cat "$work/install.log")" usage 'says what would be right'
