#include "filter/console/sources.h"

#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/console/asked.h"

enum { FILE_MOST = 4 << 20 };

bool sources_read(const struct asked *asked, struct sources *sources, struct err *err)
{
    const char *path = answers_options(asked->answers)->sources;
    struct buf state = BUF_EMPTY;
    *sources = (struct sources){.count = 0};
    if (path == NULL) {
        return err_set(err, "no sources are configured");
    }
    if (!file_read(path, FILE_MOST, &sources->text, err)) {
        return err_in_file(err, path);
    }
    sources->file = feeds_sources_parse(buf_str(&sources->text), path, err);
    if (sources->file == NULL) {
        return err_in_file(err, path);
    }
    sources->list = feeds_sources_all(sources->file, &sources->count);
    sources->states = mem_zero(sources->count + 1, sizeof *sources->states);
    asked_state_file(asked, "feeds.state", &state);
    feeds_state_load(state.bytes, sources->list, sources->count, sources->states);
    buf_fini(&state);
    return true;
}

void sources_fini(struct sources *sources)
{
    for (size_t i = 0; sources->states != NULL && i < sources->count; i++) {
        feeds_state_fini(&sources->states[i]);
    }
    free(sources->states);
    feeds_sources_free(sources->file);
    buf_fini(&sources->text);
}
