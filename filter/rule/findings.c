#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/findings.h"

enum { MOST_KEPT = 2000, SHOWN_BYTES = 60 };

void rule_findings_fini(struct rule_findings *findings)
{
    free(findings->items);
    findings->items = NULL;
    findings->count = findings->room = 0;
}

static struct rule_finding *add(struct rule_findings *findings, bool is_error)
{
    if (is_error) {
        findings->errors++;
    } else {
        findings->warnings++;
    }
    /* A first error is always kept, whatever the number of warnings before it. */
    if (findings->count >= MOST_KEPT && !(is_error && findings->errors == 1)) {
        return NULL;
    }
    mem_grow(&findings->items, &findings->room, findings->count + 1, sizeof *findings->items);
    struct rule_finding *finding = &findings->items[findings->count++];
    *finding = (struct rule_finding){.is_error = is_error};
    return finding;
}

static void fill(struct rule_findings *findings, struct rule_finding *finding, unsigned line,
                 unsigned column, const char *format, va_list values)
{
    char message[sizeof finding->err.message];
    vsnprintf(message, sizeof message, format, values);
    err_set_at(&finding->err, line, column, "%s", message);
    if (findings->file != NULL) {
        err_in_file(&finding->err, findings->file);
    }
}

bool rule_fault(struct rule_findings *findings, unsigned line, unsigned column, const char *format,
                ...)
{
    struct rule_finding *finding = add(findings, true);
    if (finding != NULL) {
        va_list values;
        va_start(values, format);
        fill(findings, finding, line, column, format, values);
        va_end(values);
    }
    return false;
}

void rule_warn(struct rule_findings *findings, unsigned line, unsigned column, const char *format,
               ...)
{
    struct rule_finding *finding = add(findings, false);
    if (finding != NULL) {
        va_list values;
        va_start(values, format);
        fill(findings, finding, line, column, format, values);
        va_end(values);
    }
}

bool rule_fault_err(struct rule_findings *findings, const struct err *err)
{
    struct rule_finding *finding = add(findings, true);
    if (finding != NULL) {
        finding->err = *err;
        if (findings->file != NULL) {
            err_in_file(&finding->err, findings->file);
        }
    }
    return false;
}

static int compare_places(const void *left, const void *right)
{
    const struct rule_finding *a = left, *b = right;
    int order = strcmp(a->err.file, b->err.file);
    if (order != 0) {
        return order;
    }
    if (a->err.line != b->err.line) {
        return a->err.line < b->err.line ? -1 : 1;
    }
    if (a->err.column != b->err.column) {
        return a->err.column < b->err.column ? -1 : 1;
    }
    return strcmp(a->err.message, b->err.message);
}

void rule_findings_sort(struct rule_findings *findings)
{
    if (findings->count > 1) {
        qsort(findings->items, findings->count, sizeof *findings->items, compare_places);
    }
}

bool rule_findings_first(const struct rule_findings *findings, struct err *err)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].is_error) {
            *err = findings->items[i].err;
            return false;
        }
    }
    return false;
}

struct str rule_shown(struct str value)
{
    if (value.len <= SHOWN_BYTES) {
        return value;
    }
    size_t end = SHOWN_BYTES;
    while (end > 0 && ((unsigned char)value.at[end] & 0xc0) == 0x80) {
        end--;
    }
    return str_part(value, 0, end);
}
