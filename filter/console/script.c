#include "filter/console/script.h"

#include <pthread.h>
#include <stdio.h>

#include "filter/base/hash.h"

/* C17 has no #embed. The Makefile knows that this file depends on the script. */
__asm__(".section .rodata\n"
        ".global console_script_start\n"
        ".global console_script_end\n"
        "console_script_start:\n"
        ".incbin \"filter/console/app.js\"\n"
        "console_script_end:\n"
        ".previous\n");

extern const char console_script_start[], console_script_end[];

static char path[sizeof "/app-0123abcd.js"];
static pthread_once_t once = PTHREAD_ONCE_INIT;

struct str script_text(void)
{
    return (struct str){.at = console_script_start,
                        .len = (size_t)(console_script_end - console_script_start)};
}

static void make_path(void)
{
    struct hash hash = hash_sha256(script_text());
    snprintf(path, sizeof path, "/app-%02x%02x%02x%02x.js", hash.bytes[0], hash.bytes[1],
             hash.bytes[2], hash.bytes[3]);
}

struct str script_path(void)
{
    pthread_once(&once, make_path);
    return str_of(path);
}
