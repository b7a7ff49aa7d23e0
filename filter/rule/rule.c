#include "filter/rule/rule.h"

static const char *const names[] = {
#define X(constant, name) [constant] = (name),
    RULE_CLASSES(X)
#undef X
};

const char *rule_class_name(enum rule_class class)
{
    return names[class];
}

bool rule_class_parse(struct str name, enum rule_class *class)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i])) {
            *class = (enum rule_class)i;
            return true;
        }
    }
    return false;
}
