/* The page of the data: what there is, and how anybody verifies it with tools that they have. */
#include "filter/console/site_download.h"

#include <stdio.h>

#include "filter/console/html.h"
#include "filter/console/site_part.h"

static enum message message_of_file(struct str name)
{
    static const struct {
        const char *stem;
        enum message key;
    } files[] = {{"register.", MSG_SITE_FILE_REGISTER}, {"entries.", MSG_SITE_FILE_ENTRIES},
                 {"figures.", MSG_SITE_FILE_FIGURES},   {"sources.", MSG_SITE_FILE_SOURCES},
                 {"rules.", MSG_SITE_FILE_RULES},       {"head.", MSG_SITE_FILE_HEAD}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (str_starts(name, str_of(files[i].stem))) {
            return files[i].key;
        }
    }
    return MSG_SITE_DATA_TAB;
}

static void put_file(struct html *html, struct str name, size_t bytes)
{
    char path[64];
    snprintf(path, sizeof path, "/%.*s", STR_FORMAT(name));
    HTML(html, "<tr><th scope=\"row\"><a");
    html_local(html, str_of(path));
    HTML(html, ">");
    html_text(html, name);
    HTML(html, "</a></th><td>");
    site_part_both(html, message_of_file(name));
    HTML(html, "</td><td class=\"number\">");
    html_int(html, (int64_t)bytes);
    HTML(html, "</td></tr>");
}

void site_download_page(struct html *html, const struct site_data *data,
                        const struct casebook_head *head)
{
    char hex[HASH_HEX];
    struct str name;
    size_t bytes;
    site_part_open(html, MSG_SITE_DATA_TITLE, NULL, 0);
    site_part_hint(html, MSG_SITE_DATA_HINT);
    HTML(html, "<table class=\"compare\"><tbody>");
    for (size_t i = 0; site_data_at(data, i, &name, &bytes); i++) {
        put_file(html, name, bytes);
    }
    HTML(html, "</tbody></table><p><a");
    html_local(html, STR("/" SITE_MANIFEST));
    HTML(html, ">" SITE_MANIFEST "</a> · <a");
    html_local(html, STR("/" SITE_SIGNATURE));
    HTML(html, ">" SITE_SIGNATURE "</a> · <a");
    html_local(html, STR("/" SITE_KEY));
    HTML(html, ">" SITE_KEY "</a> · <a");
    html_local(html, STR("/perubahan.atom"));
    HTML(html, ">Atom</a></p>");
    site_part_heading(html, MSG_SITE_HEAD);
    site_part_hint(html, MSG_SITE_HEAD_HINT);
    HTML(html, "<pre>");
    html_int(html, head->seq);
    HTML(html, " ");
    html_text(html, str_of(hash_format(&head->hash, hex)));
    HTML(html, "</pre>");
    site_part_heading(html, MSG_SITE_VERIFY);
    site_part_hint(html, MSG_SITE_VERIFY_HINT);
    HTML(html, "<pre>echo \"saring $(cut -d' ' -f1,2 saring.pub)\" &gt;allowed\n"
               "ssh-keygen -Y verify -f allowed -I saring -n saring \\\n"
               "  -s manifest.sig &lt;manifest.json\n"
               "jq -r '.files[] | \"\\(.sha256)  \\(.name)\"' manifest.json | sha256sum -c\n"
               "saring register verify . --key saring.pub --witness head-lama.json</pre>");
    site_part_close(html);
}
