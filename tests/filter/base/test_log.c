#include "filter/base/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/filter/test.h"

struct log_case {
    const char *name, *text, *shows;
};

static const struct log_case cases[] = {
    {"a word", "uji-1.yml", "why=uji-1.yml\n"},
    {"nothing", "", "why=\"\"\n"},
    {"words", "dua kata", "why=\"dua kata\"\n"},
    {"quotes", "a \"b\" \\", "why=\"a \\\"b\\\" \\\\\"\n"},
    {"abuse 37: a line of its own", "a\ntime=1 event=palsu", "why=\"a\\x0atime=1 event=palsu\"\n"},
    {"abuse 37: a carriage return", "a\rb", "why=\"a\\x0db\"\n"},
    {"an escape sequence", "\033]0;x\a", "why=\"\\x1b]0;x\\x07\"\n"},
    {"the same in one byte of Latin-1", "\2332J", "why=\"\\x9b2J\"\n"},
    {"the same in UTF-8", "\302\2332J", "why=\"\\xc2\\x9b2J\"\n"},
    {"a delete", "a\177b", "why=\"a\\x7fb\"\n"},
    {"turned around", "a\342\200\256b", "why=\"a\\xe2\\x80\\xaeb\"\n"},
    {"an isolate", "a\342\201\246b", "why=\"a\\xe2\\x81\\xa6b\"\n"},
    {"invisible", "a\342\200\213b", "why=\"a\\xe2\\x80\\x8bb\"\n"},
    {"a tag", "\363\240\201\201", "why=\"\\xf3\\xa0\\x81\\x81\"\n"},
    {"abuse 37: bad UTF-8", "a\377\300\257b", "why=\"a\\xff\\xc0\\xafb\"\n"},
    {"an overlong escape", "\340\200\233", "why=\"\\xe0\\x80\\x9b\"\n"},
    {"a surrogate", "\355\240\200", "why=\"\\xed\\xa0\\x80\"\n"},
    {"cut in a letter", "a\342\200", "why=\"a\\xe2\\x80\"\n"},
    {"letters of all lengths", "\303\251 \342\200\246 \360\237\231\202",
     "why=\"\303\251 \342\200\246 \360\237\231\202\"\n"},
};

/* What log_line writes, without the time. */
static void writes(void **state)
{
    const struct log_case *one = *state;
    char path[] = "/tmp/saring-log.XXXXXX", line[4096];
    int file = mkstemp(path), before = dup(STDERR_FILENO);
    assert_true(file >= 0 && before >= 0);
    unlink(path);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    log_line(LOG_WARN, "uji", LOG_TEXT("why", one->text));
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    ssize_t len = pread(file, line, sizeof line - 1, 0);
    assert_true(len > 0);
    line[len] = '\0';
    close(file);
    close(before);
    const char *why = strstr(line, "why=");
    assert_non_null(why);
    assert_string_equal(why, one->shows);
    assert_ptr_equal(strchr(line, '\n'), line + len - 1); /* one line, whatever it tells of */
}

int main(void)
{
    return RUN_CASES("log", cases, writes);
}
