/* A JSON document as a judge's subject (judge.h): fields by name, nested ones as a.b.c. */
#pragma once

#include <stdbool.h>

#include "filter/base/str.h"
#include "filter/rule/json.h"
#include "filter/rule/judge.h"

/*
 * Puts the values that `path` leads to below `map`: a member of that name, or, part by part, of the
 * maps in it and in its lists. Names are compared without their spaces, as rules write them (Sigma
 * rules specification, "Field Usage"). False if there is none.
 */
bool rule_event_find(const struct rule_json *map, struct str path, struct rule_facts *facts);

/* Puts the value itself: a scalar, or what a list holds. */
void rule_event_put(const struct rule_json *value, struct rule_facts *facts);

/* Puts every scalar of the document, for keywords. */
void rule_event_put_all(const struct rule_json *value, struct rule_facts *facts);

/* rule_subject.look_up with the document, a struct rule_json, as context. */
void rule_event_look_up(const void *document, struct str field, struct rule_facts *facts);
