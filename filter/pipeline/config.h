/* saring.yml: every setting has a default, an unknown key is an error with its line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"

struct casebook_pair;
struct err;

/* All text lives in the arena that config_load was given. Relative paths are as the file has them,
 * from the file's own folder on. */
struct config {
    const char *state;        /* folder of everything written; NULL: state_dir's default */
    const char *user;         /* whom root becomes */
    const char *const *rules; /* folders, NULL at the end */
    const char *example;      /* the example feed's folder, all that is read without a season */
    const char *sources;      /* sources.yml */
    const char *shorteners;   /* hosts that only shorten links */
    const char *proxy;        /* http://HOST:PORT for the sources; NULL: none */
    const char *contact;      /* in the user agent: whom a site can ask */
    const char *redis;        /* redis://… or unix:…; NULL: cache in memory only */
    const char *console_address;
    unsigned console_port;                         /* 0: any free one */
    const char *console_certificate, *console_key; /* PEM files, both or NULL: it speaks no TLS */
    const char *console_origin; /* "https://saring.example.id": its name outside; NULL: none */
    const char *console_proxy;  /* the address of the one proxy that is believed; NULL: none is */
    unsigned workers;           /* 0: one per core */
    const char *public_folder;  /* of the register's pages; NULL: STATE/public */
    const char *lists_resolver; /* ADDRESS:PORT that CNAMEs are asked of; NULL: they are not */
    const char *public_lists;   /* saring publish's --out, served below /lists/; NULL: not here */
    const char *public_origin;  /* https://… that they are served at; NULL: none said */
    const char *public_address; /* of their listener */
    unsigned public_port;       /* 0: they are served by others, from the folder */
    const char *notify_smtp;    /* smtp://HOST:PORT or smtps://…; NULL: no e-mail */
    const char *notify_from;    /* the sender's address, of e-mail */
    const char *notify_user, *notify_password_file; /* at the mail server, over TLS; NULL: none */
    const char *notify_webhook;                     /* http(s)://…; NULL: none */
    const char *notify_webhook_secret; /* a file of 32 bytes or more, which signs; NULL: unsigned */
    const struct casebook_pair *pairs; /* of candidates, for the figures (config_pairs.h) */
    size_t pair_count;
    const char *notify_ca; /* certificates to trust in place of the system's; NULL: those */
};

/* Reads `path` into `config`; NULL gives the defaults. */
MUST_CHECK bool config_load(const char *path, struct arena *arena, struct config *config,
                            struct err *err);
