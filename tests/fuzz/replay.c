/* Runs a fuzz target once over each file named, so that `make check` replays all seeds. */
#include <stdio.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_SEED = 64 << 20 };

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct buf seed = BUF_EMPTY;
        struct err err = ERR_NONE;
        if (!file_read(argv[i], MAX_SEED, &seed, &err)) {
            char message[800];
            fprintf(stderr, "%s\n", err_format(&err, message, sizeof message));
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)seed.bytes, seed.len);
        buf_fini(&seed);
    }
    printf("%d seeds replayed\n", argc - 1);
    return argc > 1 ? 0 : 1;
}
