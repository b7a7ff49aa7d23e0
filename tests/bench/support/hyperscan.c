#include "tests/bench/support/hyperscan.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"
#include "tests/bench/bench.h"

bool bench_hyperscan_build(const struct bench_set *set, unsigned mode, struct bench_hyperscan *out)
{
    size_t count = set->program->atom_count;
    char **patterns = mem_zero(count, sizeof(*patterns));
    unsigned *flags = mem_zero(count, sizeof *flags), *ids = mem_zero(count, sizeof *ids);
    hs_compile_error_t *error = NULL;
    for (size_t i = 0; i < count; i++) {
        struct buf pattern = BUF_EMPTY;
        bench_atom_regex(&set->program->atoms[i], &pattern);
        patterns[i] = pattern.bytes;
        flags[i] = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH | mode;
        ids[i] = (unsigned)i;
    }
    double start = bench_cpu();
    hs_error_t status = hs_compile_multi((const char *const *)patterns, flags, ids, (unsigned)count,
                                         HS_MODE_BLOCK, NULL, &out->database, &error);
    out->build_s = bench_cpu() - start;
    if (status != HS_SUCCESS) {
        printf("# Hyperscan cannot build %zu rules: %s\n", set->count, error->message);
        hs_free_compile_error(error);
    } else if (hs_alloc_scratch(out->database, &out->scratch) != HS_SUCCESS) {
        bench_die("no scratch for Hyperscan");
    }
    for (size_t i = 0; i < count; i++) {
        free(patterns[i]);
    }
    free((void *)patterns);
    free(flags);
    free(ids);
    return status == HS_SUCCESS;
}

void bench_hyperscan_fini(struct bench_hyperscan *peer)
{
    hs_free_scratch(peer->scratch);
    hs_free_database(peer->database);
}

static int on_hit(unsigned int id, unsigned long long from, unsigned long long to,
                  unsigned int flags, void *context)
{
    (void)from;
    (void)to;
    (void)flags;
    ((bool *)context)[id] = true;
    return 0;
}

double bench_hyperscan_time(const struct bench_hyperscan *peer, const struct bench_subject *subject,
                            size_t count, bool *atoms)
{
    double start = bench_cpu();
    for (size_t i = 0; i < count; i++) {
        hs_scan(peer->database, subject->folded[i].at, (unsigned)subject->folded[i].len, 0,
                peer->scratch, on_hit, atoms);
    }
    return bench_cpu() - start;
}

void bench_hyperscan_compare(struct bench_set *set, const struct bench_hyperscan *peer,
                             const struct bench_subject *subject, size_t count, const char *name)
{
    for (size_t i = 0; i < count && i < BENCH_COMPARED; i++) {
        struct str folded = subject->folded[i];
        bench_set_match(set, subject->raw[i]);
        memset(set->atoms, 0, set->program->atom_count * sizeof *set->atoms);
        hs_scan(peer->database, folded.at, (unsigned)folded.len, 0, peer->scratch, on_hit,
                set->atoms);
        bench_set_theirs(set);
        bench_set_compare(set, folded);
    }
    bench_set_report(set, name);
}
