#include <libpsl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "filter/base/err.h"
#include "filter/text/host.h"
#include "filter/text/idna.h"
#include "filter/text/url.h"

/* The newest Public Suffix List there is: of the system's package, else the library's own. */
static const psl_ctx_t *list;
static pthread_once_t list_loaded = PTHREAD_ONCE_INIT;

static void load_list(void)
{
    list = psl_latest(NULL); /* read-only from here on, for the life of the process */
    if (list == NULL) {
        list = psl_builtin();
    }
}

static const psl_ctx_t *suffixes(void)
{
    pthread_once(&list_loaded, load_list);
    return list;
}

int64_t url_suffixes_made_ms(void)
{
    struct stat about;
    const char *path = psl_dist_filename();
    time_t made = psl_builtin_file_time();
    if (path != NULL && path[0] != '\0' && stat(path, &about) == 0 && about.st_mtime > made) {
        made = about.st_mtime;
    }
    return (int64_t)made * 1000;
}

/* The host with a NUL behind it; false if it is too long or an address. */
static bool name_of(struct str host, char name[IDNA_MAX_BYTES + 1])
{
    if (host.len == 0 || host.len > IDNA_MAX_BYTES || host_is_address(host)) {
        return false;
    }
    memcpy(name, host.at, host.len);
    name[host.len] = '\0';
    return true;
}

struct str url_registrable(struct str host)
{
    char name[IDNA_MAX_BYTES + 1];
    if (!name_of(host, name)) {
        return STR("");
    }
    const char *domain = psl_registrable_domain(suffixes(), name);
    return domain != NULL ? str_part(host, (size_t)(domain - name), host.len) : STR("");
}

bool url_is_public_suffix(struct str host)
{
    char name[IDNA_MAX_BYTES + 1];
    return name_of(host, name) && psl_is_public_suffix(suffixes(), name);
}

bool url_has_known_suffix(struct str host)
{
    char name[IDNA_MAX_BYTES + 1];
    if (!name_of(host, name) || psl_registrable_domain(suffixes(), name) == NULL) {
        return false;
    }
    const char *dot = strrchr(name, '.');
    return dot != NULL &&
           psl_is_public_suffix2(suffixes(), dot + 1, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}

bool url_is_private_site(struct str host)
{
    char name[IDNA_MAX_BYTES + 1];
    if (!name_of(host, name)) {
        return false;
    }
    const char *site = psl_registrable_domain(suffixes(), name);
    const char *dot = site != NULL ? strchr(site, '.') : NULL;
    const char *suffix = dot != NULL ? dot + 1 : name;
    return psl_is_public_suffix2(suffixes(), suffix, PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE) &&
           !psl_is_public_suffix2(suffixes(), suffix, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

bool url_host(struct str text, struct buf *out, struct str *host, struct err *err)
{
    size_t before = out->len;
    if (!host_put(text, out, err)) {
        return false;
    }
    *host = str_part(buf_str(out), before, out->len);
    if (!host_is_address(*host) && !host_is_dns_name(*host)) {
        out->len = before;
        return err_set(err, "no name that DNS can hold: labels of 1 to 63 letters, digits, '-' or "
                            "'_', 253 in all");
    }
    return true;
}
