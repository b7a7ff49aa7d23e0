#include "filter/console/page_keys.h"

/* As app.js has them. None of them approves anything. */
static const struct page_key keys[] = {
    {STR("j"), MSG_KEY_NEXT},  {STR("k"), MSG_KEY_BEFORE},    {STR("Enter"), MSG_KEY_OPEN},
    {STR("u"), MSG_KEY_QUEUE}, {STR("c"), MSG_KEY_CLAIM},     {STR("r"), MSG_KEY_REASON},
    {STR("n"), MSG_KEY_PAGE},  {STR("p"), MSG_KEY_PAGE_BACK}, {STR("?"), MSG_KEY_SHEET},
};

const struct page_key *page_key_all(size_t *count)
{
    *count = sizeof keys / sizeof *keys;
    return keys;
}

void page_keys(const struct page *page)
{
    struct html *html = page->html;
    page_open(page, "narrow", message_text(page->language, MSG_KEYS));
    page_title(page, MSG_KEYS, MSG_KEYS_HINT);
    HTML(html, "<section><dl class=\"facts\">");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        HTML(html, "<dt><kbd>");
        html_text(html, keys[i].key);
        HTML(html, "</kbd></dt><dd>");
        page_say(page, keys[i].what);
        HTML(html, "</dd>");
    }
    HTML(html, "</dl></section>");
    page_close(page);
}
