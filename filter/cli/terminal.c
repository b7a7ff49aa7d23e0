#include "filter/cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <utf8proc.h>

#include "filter/base/err.h"

enum { LINE_MOST = 4096 };

bool cli_is_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

bool cli_has_colour(FILE *stream)
{
    const char *off = getenv("NO_COLOR"), *term = getenv("TERM");
    return cli_is_terminal(stream) && (off == NULL || off[0] == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}

size_t cli_columns(FILE *stream)
{
    struct winsize size;
    if (!cli_is_terminal(stream)) {
        return 0;
    }
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* The next character; -1 for a byte that is no UTF-8, whose length is then 1. */
static utf8proc_int32_t next(struct str text, size_t at, size_t *len)
{
    utf8proc_int32_t c = -1;
    utf8proc_ssize_t got = utf8proc_iterate((const utf8proc_uint8_t *)text.at + at,
                                            (utf8proc_ssize_t)(text.len - at), &c);
    *len = got > 0 ? (size_t)got : 1;
    return got > 0 ? c : -1;
}

static bool is_visible(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default: /* every other category is visible text */
        return true;
    }
}

static void put_char(struct buf *out, struct str text, size_t at, size_t len, utf8proc_int32_t c)
{
    if (c < 0) {
        buf_printf(out, "\\x{%02X}", (unsigned)(unsigned char)text.at[at]);
    } else if (is_visible(c)) {
        buf_put(out, text.at + at, len);
    } else {
        buf_printf(out, "\\u{%02X}", (unsigned)c);
    }
}

void cli_put_line(struct buf *out, struct str text)
{
    for (size_t at = 0, len; at < text.len; at += len) {
        utf8proc_int32_t c = next(text, at, &len);
        put_char(out, text, at, len, c);
    }
}

static bool is_word(struct str text, size_t at)
{
    unsigned char c = (unsigned char)text.at[at];
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_scheme(struct str text, size_t at)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t len = strlen(schemes[i]);
        if (text.len - at >= len && strncasecmp(text.at + at, schemes[i], len) == 0) {
            return true;
        }
    }
    return false;
}

static void put_text(struct buf *out, struct str text, unsigned indent, bool defang)
{
    for (size_t at = 0, len; at < text.len; at += len) {
        utf8proc_int32_t c = next(text, at, &len);
        if (c == '\n') {
            buf_printf(out, "\n%*s", (int)indent, "");
        } else if (c == '\t') {
            buf_put_char(out, ' ');
        } else if (defang && (c == 'h' || c == 'H') && is_scheme(text, at)) {
            buf_put_string(out, "hxxp");
            len = 4;
        } else if (defang && c == '.' && at > 0 && at + 1 < text.len && is_word(text, at - 1) &&
                   is_word(text, at + 1)) {
            buf_put_string(out, "[.]");
        } else {
            put_char(out, text, at, len, c);
        }
    }
}

void cli_put_text(struct buf *out, struct str text, unsigned indent)
{
    put_text(out, text, indent, false);
}

void cli_put_defanged(struct buf *out, struct str text, unsigned indent)
{
    put_text(out, text, indent, true);
}

static size_t width_of(utf8proc_int32_t c)
{
    return c < 0 || !is_visible(c) ? 6 : (size_t)utf8proc_charwidth(c);
}

void cli_put_cell(struct buf *out, struct str text, size_t columns)
{
    size_t all = 0, used = 0;
    for (size_t at = 0, len; at < text.len; at += len) {
        all += width_of(next(text, at, &len));
    }
    for (size_t at = 0, len; at < text.len; at += len) {
        utf8proc_int32_t c = next(text, at, &len);
        if (all > columns && used + width_of(c) >= columns) {
            buf_put_string(out, "…");
            used++;
            break;
        }
        put_char(out, text, at, len, c);
        used += width_of(c);
    }
    buf_printf(out, "%*s", used < columns ? (int)(columns - used) : 0, "");
}

bool cli_print(const struct buf *out, struct err *err)
{
    if (out->len > 0 && fwrite(out->bytes, 1, out->len, stdout) != out->len) {
        return err_set(err, "standard output cannot be written: %s", strerror(errno));
    }
    return fflush(stdout) == 0 ||
           err_set(err, "standard output cannot be written: %s", strerror(errno));
}

/* Reads up to a newline from an unbuffered descriptor: what follows belongs to others. */
static bool read_line(int fd, struct buf *answer, struct err *err)
{
    char c;
    ssize_t got;
    size_t before = answer->len;
    while ((got = read(fd, &c, 1)) == 1 && c != '\n') {
        if (answer->len - before == LINE_MOST) {
            return err_set(err, "the answer has more than %d bytes", LINE_MOST);
        }
        buf_put_char(answer, c);
    }
    if (got < 0) {
        return err_set(err, "the terminal cannot be read: %s", strerror(errno));
    }
    return got == 1 || err_set(err, "the terminal was closed before an answer");
}

static int open_terminal(const char *question, struct err *err)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        err_set(err,
                "tidak ada terminal untuk bertanya / there is no terminal to ask on; --help names "
                "the option for: %.100s",
                question);
        return -1;
    }
    struct str text = str_of(question);
    while (text.len > 0) {
        ssize_t put = write(fd, text.at, text.len);
        if (put <= 0) {
            break;
        }
        text = str_part(text, (size_t)put, text.len);
    }
    return fd;
}

bool cli_ask(const char *question, struct buf *answer, struct err *err)
{
    int fd = open_terminal(question, err);
    if (fd < 0) {
        return false;
    }
    bool done = read_line(fd, answer, err);
    close(fd);
    return done;
}

bool cli_ask_secret(const char *question, struct buf *answer, struct err *err)
{
    int fd = open_terminal(question, err);
    if (fd < 0) {
        return false;
    }
    struct termios was, quiet;
    bool done = tcgetattr(fd, &was) == 0;
    quiet = was;
    /* Without ISIG an interrupt cannot leave the terminal mute. */
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    if (!done || tcsetattr(fd, TCSAFLUSH, &quiet) != 0) {
        done = err_set(err, "the terminal cannot be told not to show what is typed");
    } else {
        done = read_line(fd, answer, err);
        tcsetattr(fd, TCSAFLUSH, &was);
        if (write(fd, "\n", 1) != 1) {
            done = done && err_set(err, "the terminal was closed");
        }
    }
    close(fd);
    return done;
}

void cli_forget(struct buf *secret)
{
    if (secret->bytes != NULL) {
        sodium_memzero(secret->bytes, secret->len);
    }
    buf_fini(secret);
}
