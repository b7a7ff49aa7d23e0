/* Signs on this machine, by `ssh-keygen -Y sign`: a key file, or ssh-agent. */
#pragma once

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/sshsig.h"
#include "filter/base/str.h"

struct err;

/*
 * Reads the public half of the key at `path`: PATH.pub, or PATH itself if that is a .pub file (then
 * ssh-agent has the other half).
 */
MUST_CHECK bool sign_here_key(const char *path, struct sshsig_key *key, struct err *err);

/*
 * Appends an armored SSHSIG over `bytes`, verified before it is given. ssh-keygen asks for a
 * passphrase on the terminal that this program was started in. False, with the reason, after two
 * minutes at the latest.
 */
MUST_CHECK bool sign_here(const char *path, const struct sshsig_key *key, struct str bytes,
                          struct buf *armored, struct err *err);
