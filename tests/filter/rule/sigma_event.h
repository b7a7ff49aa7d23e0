/*
 * Where rules of SigmaHQ find their fields in a Windows event that was read from its XML or EVTX
 * into JSON (Sigma rules specification, "Field Usage"), and in any other JSON document.
 */
#pragma once

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/rule/event.h"

struct sigma_event {
    const struct rule_json *original; /* with "#text" and "#attributes", for keywords */
    const struct rule_json *plain;    /* with the first in place of its map, the second's in it */
};

/* Unwraps `document` into `arena`; false if that is full. */
MUST_CHECK bool sigma_event_read(const struct rule_json *document, struct arena *arena,
                                 struct sigma_event *event);

/*
 * rule_subject.look_up with a struct sigma_event as context: a field is a member of
 * Event.EventData, else of Event.System, else an attribute of a tag in that as Tag_Attribute, else
 * a member of any map in Event.UserData, else a member of the document.
 */
void sigma_event_look_up(const void *event, struct str field, struct rule_facts *facts);
