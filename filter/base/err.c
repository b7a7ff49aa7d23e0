#include "filter/base/err.h"

#include <stdarg.h>
#include <stdio.h>

static bool set(struct err *err, unsigned line, unsigned column, const char *format, va_list args)
{
    if (err_is_set(err)) {
        return false;
    }
    err->line = line;
    err->column = column;
    vsnprintf(err->message, sizeof err->message, format, args);
    return false;
}

bool err_set(struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(err, 0, 0, format, args);
    va_end(args);
    return false;
}

bool err_set_at(struct err *err, unsigned line, unsigned column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(err, line, column, format, args);
    va_end(args);
    return false;
}

bool err_in_file(struct err *err, const char *file)
{
    if (err->file[0] == '\0') {
        snprintf(err->file, sizeof err->file, "%s", file);
    }
    return false;
}

bool err_is_set(const struct err *err)
{
    return err->message[0] != '\0';
}

char *err_format(const struct err *err, char *out, unsigned size)
{
    char place[300] = "";
    if (err->file[0] != '\0' && err->line > 0 && err->column > 0) {
        snprintf(place, sizeof place, "%s:%u:%u: ", err->file, err->line, err->column);
    } else if (err->file[0] != '\0' && err->line > 0) {
        snprintf(place, sizeof place, "%s:%u: ", err->file, err->line);
    } else if (err->file[0] != '\0') {
        snprintf(place, sizeof place, "%s: ", err->file);
    } else if (err->line > 0) {
        snprintf(place, sizeof place, "%u:%u: ", err->line, err->column);
    }
    snprintf(out, size, "%s%s", place, err->message);
    return out;
}
