#include "filter/console/style.h"

#include <pthread.h>
#include <stdio.h>

#include "filter/base/hash.h"

/* C17 has no #embed. The Makefile knows that this file depends on the style sheet. */
__asm__(".section .rodata\n"
        ".global console_style_start\n"
        ".global console_style_end\n"
        "console_style_start:\n"
        ".incbin \"filter/console/style.css\"\n"
        "console_style_end:\n"
        ".previous\n");

extern const char console_style_start[], console_style_end[];

static char path[sizeof "/style-0123abcd.css"];
static pthread_once_t once = PTHREAD_ONCE_INIT;

struct str style_text(void)
{
    return (struct str){.at = console_style_start,
                        .len = (size_t)(console_style_end - console_style_start)};
}

static void make_path(void)
{
    struct hash hash = hash_sha256(style_text());
    snprintf(path, sizeof path, "/style-%02x%02x%02x%02x.css", hash.bytes[0], hash.bytes[1],
             hash.bytes[2], hash.bytes[3]);
}

struct str style_path(void)
{
    pthread_once(&once, make_path);
    return str_of(path);
}
