#include "tests/filter/console/well_formed.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "tests/filter/test.h"

static bool is_among(const xmlChar *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp((const char *)name, *names) == 0) {
            return true;
        }
    }
    return false;
}

static xmlDoc *parse(struct str page)
{
    xmlDoc *doc = xmlReadMemory(page.at, (int)page.len, NULL, "UTF-8",
                                XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOWARNING);
    if (doc == NULL) {
        fail_msg("the page is not well-formed:\n%.*s", (int)page.len, page.at);
    }
    return doc;
}

static bool is_safe_link(xmlNode *node, const char *target)
{
    if (target[0] == '#' || (target[0] == '/' && target[1] != '/' && target[1] != '\\')) {
        return true;
    }
    xmlChar *relation = xmlGetProp(node, (const xmlChar *)"rel");
    bool is_safe =
        (strncasecmp(target, "https://", 8) == 0 || strncasecmp(target, "http://", 7) == 0) &&
        relation != NULL && strcmp((const char *)relation, "noopener noreferrer external") == 0 &&
        strcmp((const char *)node->name, "a") == 0;
    xmlFree(relation);
    return is_safe;
}

static void check_attribute(xmlNode *node, xmlAttr *attribute)
{
    static const char *const plain[] = {"lang",
                                        "charset",
                                        "pattern",
                                        "name",
                                        "content",
                                        "rel",
                                        "class",
                                        "hreflang",
                                        "title",
                                        "aria-label",
                                        "aria-current",
                                        "id",
                                        "role",
                                        "method",
                                        "value",
                                        "selected",
                                        "type",
                                        "scope",
                                        "data-label",
                                        "datetime",
                                        "for",
                                        "required",
                                        "maxlength",
                                        "minlength",
                                        "rows",
                                        "checked",
                                        "autocomplete",
                                        "inputmode",
                                        "autocapitalize",
                                        "spellcheck",
                                        "aria-describedby",
                                        "data-until",
                                        "max",
                                        "viewBox",
                                        "d",
                                        "x",
                                        "y",
                                        "width",
                                        "height",
                                        "x1",
                                        "x2",
                                        "y1",
                                        "y2",
                                        NULL};
    static const char *const links[] = {"href", "action", "src", NULL};
    xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
    const char *text = value != NULL ? (const char *)value : "";
    if (is_among(attribute->name, links)) {
        if (!is_safe_link(node, text)) {
            fail_msg("<%s %s> leads to %s", node->name, attribute->name, text);
        }
    } else if (!is_among(attribute->name, plain)) {
        fail_msg("<%s> has the attribute %s", node->name, attribute->name);
    }
    xmlFree(value);
}

static void check(xmlNode *node)
{
    static const char *const elements[] = {
        "html",    "head",       "meta",     "title",    "link",   "body",   "a",       "header",
        "nav",     "p",          "main",     "footer",   "code",   "span",   "div",     "h1",
        "h2",      "h3",         "form",     "label",    "select", "option", "button",  "input",
        "table",   "thead",      "tbody",    "tr",       "th",     "td",     "bdi",     "time",
        "section", "article",    "dl",       "dt",       "dd",     "small",  "strong",  "ul",
        "ol",      "li",         "b",        "i",        "mark",   "br",     "details", "summary",
        "pre",     "blockquote", "textarea", "fieldset", "legend", "kbd",    "ins",     "del",
        "figure",  "figcaption", "svg",      "path",     "rect",   "line",   "text",    "progress",
        "script",  NULL};
    for (; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE) {
            if (!is_among(node->name, elements)) {
                fail_msg("the page has a <%s>", node->name);
            }
            for (xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
                check_attribute(node, attribute);
            }
            check(node->children);
        } else if (node->type != XML_TEXT_NODE) {
            fail_msg("the page has a node of type %d", (int)node->type);
        }
    }
}

void assert_harmless(struct str page)
{
    xmlDoc *doc = parse(page);
    check(xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
}

static size_t collect(xmlNode *node, const char *element, struct buf *out)
{
    size_t count = 0;
    for (; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) {
            continue;
        }
        if (strcmp((const char *)node->name, element) == 0) {
            xmlChar *text = xmlNodeGetContent(node);
            buf_put_string(out, (const char *)text);
            buf_put_char(out, '|');
            xmlFree(text);
            count++;
        }
        count += collect(node->children, element, out);
    }
    return count;
}

char *texts_of(struct str page, const char *element)
{
    struct buf out = BUF_EMPTY;
    xmlDoc *doc = parse(page);
    buf_put_string(&out, "");
    collect(xmlDocGetRootElement(doc), element, &out);
    xmlFreeDoc(doc);
    buf_put_char(&out, '\0');
    return out.bytes;
}

size_t count_of(struct str page, const char *element)
{
    struct buf out = BUF_EMPTY;
    xmlDoc *doc = parse(page);
    size_t count = collect(xmlDocGetRootElement(doc), element, &out);
    xmlFreeDoc(doc);
    buf_fini(&out);
    return count;
}
