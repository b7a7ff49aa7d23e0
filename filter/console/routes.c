/* Every route: which method on which place, for whom, by which handler, with which fields. */
#include "filter/console/asked.h"
#include "filter/console/give.h"

enum {
    NOBODY_ASKED = 0,
    TEAM = 1 << ROLE_TEAM,
    APPROVERS = 1 << ROLE_INDEPENDENT,
    PANEL = 1 << ROLE_APPEALS,
    MOVERS = TEAM | APPROVERS | PANEL,
    DECLARERS = MOVERS | 1 << ROLE_ADMIN, /* auditors change nothing: they have no say to declare */
};

const struct form_field route_always[] = {
    {"token", TICKET_TOKEN, false}, {"once", TICKET_NAME, false}, {NULL, 0, false}};

/* Forms answer in JSON what came of them. */
#define DONE GIVES_PAGE, SCOPE_NONE, &shapes_done
/* For people alone: no token has a scope for it. */
#define PAGE(answer) GIVES_PAGE, SCOPE_NONE, &shapes_##answer
#define FILE_OF(gives) gives, SCOPE_NONE, NULL

static const struct route routes[] = {
    {ROUTE_QUEUE, METHOD_GET, PAGE_FOR_CASES, true, give_queue, NULL, GIVES_PAGE, SCOPE_CASES,
     &shapes_queue},
    {ROUTE_COUNT, METHOD_GET, PAGE_FOR_CASES, false, give_count, NULL, GIVES_JSON, SCOPE_FIGURES,
     &shapes_count},
    {ROUTE_CASE, METHOD_GET, PAGE_FOR_CASES, true, give_case, NULL, GIVES_PAGE, SCOPE_CASES,
     &shapes_case},
    {ROUTE_MOVE, METHOD_POST, MOVERS, false, take_move, give_move_fields, DONE},
    {ROUTE_PROPOSE, METHOD_GET, TEAM, false, give_propose, NULL, PAGE(propose)},
    {ROUTE_PROPOSE, METHOD_POST, TEAM, false, take_propose, give_propose_fields, PAGE(proposed)},
    {ROUTE_APPROVE, METHOD_GET, TEAM | APPROVERS, false, give_approve, NULL, PAGE(approve)},
    {ROUTE_APPROVE, METHOD_POST, TEAM | APPROVERS, false, take_approve, give_approve_fields, DONE},
    {ROUTE_ANSWER, METHOD_POST, APPROVERS, false, take_answer, give_answer_fields, DONE},
    {ROUTE_APPROVAL, METHOD_GET, TEAM | APPROVERS | PANEL, false, give_approval, NULL, GIVES_JSON,
     SCOPE_NONE, &shapes_approval},
    {ROUTE_BYTES, METHOD_GET, TEAM | APPROVERS, false, give_bytes, NULL, FILE_OF(GIVES_BYTES)},
    {ROUTE_PACK, METHOD_GET, PAGE_FOR_CASES, false, give_pack, NULL, FILE_OF(GIVES_BYTES)},
    {ROUTE_PACK_JSON, METHOD_GET, PAGE_FOR_CASES, false, give_pack_json, NULL,
     FILE_OF(GIVES_BYTES)},
    {ROUTE_URGENT, METHOD_GET, PAGE_FOR_CASES, false, give_urgent, NULL, GIVES_PAGE, SCOPE_ENTRIES,
     &shapes_urgent},
    {ROUTE_ENTRIES, METHOD_GET, PAGE_FOR_CASES, false, give_entries, NULL, GIVES_PAGE,
     SCOPE_ENTRIES, &shapes_entries},
    {ROUTE_APPEALS, METHOD_GET, PAGE_FOR_CASES, false, give_appeals, NULL, PAGE(appeals)},
    {ROUTE_APPEAL, METHOD_GET, PAGE_FOR_CASES, false, give_appeal, NULL, PAGE(appeal)},
    {ROUTE_APPEAL, METHOD_POST, PANEL, false, take_appeal_decision, give_appeal_fields, DONE},
    {ROUTE_ALIKE, METHOD_GET, PAGE_FOR_CASES, false, give_alike, NULL, GIVES_PAGE, SCOPE_CASES,
     &shapes_alike},
    {ROUTE_ALIKE_RULE, METHOD_GET, PAGE_FOR_CASES, false, give_alike_rule, NULL, GIVES_PAGE,
     SCOPE_CASES, &shapes_alike_rule},
    {ROUTE_ALIKE_RULE, METHOD_POST, TEAM, false, take_alike_rule, give_bulk_fields, DONE},
    {ROUTE_COPIES, METHOD_GET, PAGE_FOR_CASES, false, give_copies, NULL, GIVES_PAGE, SCOPE_CASES,
     &shapes_copies},
    {ROUTE_COPIES, METHOD_POST, TEAM, false, take_split, give_split_fields, PAGE(split)},
    {ROUTE_MERGE, METHOD_GET, TEAM, false, give_merge, NULL, PAGE(merge)},
    {ROUTE_MERGE, METHOD_POST, TEAM, false, take_merge, give_merge_fields, PAGE(merged)},
    {ROUTE_NOTES, METHOD_GET, PAGE_FOR_CASES, false, give_notes, NULL, PAGE(notes)},
    {ROUTE_NOTES, METHOD_POST, MOVERS, false, take_note, give_note_fields, DONE},
    {ROUTE_EVIDENCE, METHOD_GET, PAGE_FOR_CASES, false, give_evidence, NULL, PAGE(evidence)},
    {ROUTE_EVIDENCE, METHOD_POST, MOVERS, false, take_evidence, give_evidence_fields, DONE},
    {ROUTE_CAPTURE, METHOD_GET, PAGE_FOR_CASES, false, give_capture, NULL, PAGE(kept)},
    {ROUTE_CAPTURE_LOOK, METHOD_GET, PAGE_FOR_CASES, false, give_capture, NULL, PAGE(kept)},
    {ROUTE_CAPTURE_IMAGE, METHOD_GET, PAGE_FOR_CASES, false, give_capture_image, NULL,
     FILE_OF(GIVES_BYTES)},
    {ROUTE_CAPTURE_FILE, METHOD_GET, PAGE_FOR_CASES, false, give_capture_file, NULL,
     FILE_OF(GIVES_BYTES)},
    {ROUTE_ACCOUNT, METHOD_GET, PAGE_FOR_ALL, false, give_account, NULL, PAGE(account)},
    {ROUTE_ACCOUNT, METHOD_POST, PAGE_FOR_ALL, false, take_account, give_account_fields,
     PAGE(account_step)},
    {ROUTE_WELLBEING, METHOD_GET, PAGE_FOR_ALL, false, give_wellbeing, NULL, PAGE(wellbeing)},
    {ROUTE_WELLBEING, METHOD_POST, PAGE_FOR_ALL, false, take_wellbeing, give_wellbeing_fields,
     DONE},
    {ROUTE_RULES, METHOD_GET, PAGE_FOR_ALL, false, give_rules, NULL, GIVES_PAGE, SCOPE_RULES,
     &shapes_rules},
    {ROUTE_TRY, METHOD_POST, PAGE_FOR_ALL, false, take_try, give_try_fields, GIVES_PAGE,
     SCOPE_RULES, &shapes_try}, /* changes nothing, keeps nothing */
    {ROUTE_RULE, METHOD_GET, PAGE_FOR_ALL, false, give_rule, NULL, GIVES_PAGE, SCOPE_RULES,
     &shapes_rule},
    {ROUTE_RULE, METHOD_POST, MOVERS, false, take_rule, give_rule_fields, DONE},
    {ROUTE_SOURCES, METHOD_GET, PAGE_FOR_ALL, false, give_sources, NULL, GIVES_PAGE, SCOPE_SOURCES,
     &shapes_sources},
    {ROUTE_SOURCES, METHOD_POST, TEAM, false, take_source, give_source_fields, DONE},
    {ROUTE_MEASURES, METHOD_GET, PAGE_FOR_ALL, false, give_measures, NULL, GIVES_PAGE,
     SCOPE_FIGURES, &shapes_measures},
    {ROUTE_PEOPLE, METHOD_GET, PAGE_FOR_ALL, false, give_people, NULL, PAGE(people)},
    {ROUTE_PEOPLE, METHOD_POST, DECLARERS, false, take_people, give_people_fields, DONE},
    {ROUTE_LOG, METHOD_GET, PAGE_FOR_ALL, false, give_log, NULL, GIVES_PAGE, SCOPE_LOG,
     &shapes_log},
    {ROUTE_LOG, METHOD_POST, PAGE_FOR_ALL, false, take_log, give_no_fields, DONE},
    {ROUTE_SIGN_IN, METHOD_GET, NOBODY_ASKED, false, give_sign_in, NULL, PAGE(session)},
    {ROUTE_SIGN_IN, METHOD_POST, NOBODY_ASKED, false, take_sign_in, give_sign_in_fields,
     PAGE(session)},
    {ROUTE_CODE, METHOD_GET, NOBODY_ASKED, false, give_code, NULL, PAGE(session)},
    {ROUTE_CODE, METHOD_POST, NOBODY_ASKED, false, take_code, give_code_fields, PAGE(session)},
    {ROUTE_SIGN_OUT, METHOD_POST, PAGE_FOR_ALL, false, take_sign_out, give_no_fields,
     PAGE(session)},
    {ROUTE_KEYS, METHOD_GET, PAGE_FOR_ALL, false, give_keys, NULL, PAGE(keys)},
    {ROUTE_STYLE, METHOD_GET, NOBODY_ASKED, false, give_style, NULL, FILE_OF(GIVES_STYLE)},
    {ROUTE_SCRIPT, METHOD_GET, NOBODY_ASKED, false, give_script, NULL, FILE_OF(GIVES_SCRIPT)},
    {ROUTE_OPENAPI, METHOD_GET, NOBODY_ASKED, false, give_openapi, NULL, GIVES_JSON, SCOPE_NONE,
     &shapes_document},
    {ROUTE_HEALTH, METHOD_GET, NOBODY_ASKED, false, give_health, NULL, FILE_OF(GIVES_TEXT)},
    {ROUTE_READY, METHOD_GET, NOBODY_ASKED, false, give_ready, NULL, FILE_OF(GIVES_TEXT)},
    {ROUTE_METRICS, METHOD_GET, NOBODY_ASKED, false, give_metrics, NULL, GIVES_TEXT, SCOPE_METRICS,
     NULL}, /* this machine itself needs no token */
};

const struct route *route_find(enum place_route place, enum request_method method)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (routes[i].place == place && routes[i].method == method) {
            return &routes[i];
        }
    }
    return NULL;
}

const struct route *route_all(size_t *count)
{
    *count = sizeof routes / sizeof *routes;
    return routes;
}

bool route_is_for_people(const struct route *route)
{
    return route->gives != GIVES_STYLE && route->gives != GIVES_SCRIPT &&
           route->gives != GIVES_TEXT;
}
