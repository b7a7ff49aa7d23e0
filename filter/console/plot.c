#include "filter/console/plot.h"

#include <stdio.h>

enum { WIDTH = 640, HEIGHT = 150, BASE = 130, TOP = 14 };

static uint32_t sum_at(const struct plot *plot, size_t bar)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < plot->series_count; i++) {
        sum += plot->series[i].values[bar];
    }
    return sum;
}

static uint32_t highest(const struct plot *plot)
{
    uint32_t most = 1;
    for (size_t i = 0; i < plot->bars; i++) {
        most = sum_at(plot, i) > most ? sum_at(plot, i) : most;
    }
    return most;
}

static void put_text(const struct page *page, int64_t x, int64_t y, const char *kind,
                     struct str text)
{
    HTML(page->html, "<text");
    HTML_NUMBER(page->html, "x", x);
    HTML_NUMBER(page->html, "y", y);
    HTML_ATTRIBUTE(page->html, "class", str_of(kind));
    HTML(page->html, ">");
    html_text(page->html, text);
    HTML(page->html, "</text>");
}

static void put_bar(const struct page *page, const struct plot *plot, size_t bar, uint32_t most)
{
    struct html *html = page->html;
    int64_t step = WIDTH / (int64_t)plot->bars, y = BASE;
    for (size_t i = 0; i < plot->series_count; i++) {
        uint32_t value = plot->series[i].values[bar];
        int64_t height = (int64_t)value * (BASE - TOP) / most;
        height = value > 0 && height == 0 ? 1 : height;
        if (height == 0) {
            continue;
        }
        y -= height;
        HTML(html, "<rect");
        HTML_NUMBER(html, "x", (int64_t)bar * step + 1);
        HTML_NUMBER(html, "y", y);
        HTML_NUMBER(html, "width", step - 2);
        HTML_NUMBER(html, "height", height);
        HTML_ATTRIBUTE(html, "class", str_of(plot->series[i].kind));
        HTML(html, "/>");
    }
}

static void put_axis(const struct page *page, const struct plot *plot, uint32_t most)
{
    struct html *html = page->html;
    char number[16];
    snprintf(number, sizeof number, "%u", most);
    HTML(html, "<line x1=\"0\" y1=\"130\" x2=\"640\" y2=\"130\" class=\"axis\"/>");
    put_text(page, 0, 12, "start", str_of(number));
    if (plot->ticks == NULL) {
        put_text(page, 0, HEIGHT - 4, "start", plot->first);
        put_text(page, WIDTH, HEIGHT - 4, "end", plot->last);
        return;
    }
    int64_t step = WIDTH / (int64_t)plot->bars;
    for (size_t i = 0; i < plot->bars; i++) {
        put_text(page, (int64_t)i * step + step / 2, HEIGHT - 4, "middle", plot->ticks[i]);
    }
}

static void put_legend(const struct page *page, const struct plot *plot)
{
    HTML(page->html, "<figcaption>");
    page_say(page, plot->title);
    for (size_t i = 0; plot->series_count > 1 && i < plot->series_count; i++) {
        int64_t sum = 0;
        for (size_t bar = 0; bar < plot->bars; bar++) {
            sum += plot->series[i].values[bar];
        }
        HTML(page->html, " <span");
        HTML_ATTRIBUTE(page->html, "class", str_of(plot->series[i].kind));
        HTML(page->html, ">");
        page_say(page, plot->series[i].label);
        HTML(page->html, " ");
        html_int(page->html, sum);
        HTML(page->html, "</span>");
    }
    HTML(page->html, "</figcaption>");
}

/* The numbers, where each bar has a name: for those who do not see the drawing. */
static void put_table(const struct page *page, const struct plot *plot)
{
    struct html *html = page->html;
    if (plot->ticks == NULL) {
        return;
    }
    HTML(html, "<table class=\"unseen\"><tbody>");
    for (size_t i = 0; i < plot->bars; i++) {
        HTML(html, "<tr><th scope=\"row\">");
        html_text(html, plot->ticks[i]);
        HTML(html, "</th><td>");
        html_int(html, sum_at(plot, i));
        HTML(html, "</td></tr>");
    }
    HTML(html, "</tbody></table>");
}

void plot_put(const struct page *page, const struct plot *plot)
{
    struct html *html = page->html;
    uint32_t most = highest(plot);
    HTML(html, "<figure>");
    put_legend(page, plot);
    HTML(html, "<svg class=\"plot\" viewBox=\"0 0 640 150\" role=\"img\"");
    HTML_ATTRIBUTE(html, "aria-label", message_text(page->language, plot->title));
    HTML(html, ">");
    for (size_t i = 0; i < plot->bars; i++) {
        put_bar(page, plot, i, most);
    }
    put_axis(page, plot, most);
    HTML(html, "</svg>");
    put_table(page, plot);
    HTML(html, "</figure>");
}
