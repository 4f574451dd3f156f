/* formats/json_node.h - what a JSON value is made of.
 * In:  nothing.
 * Out: the structs that json.c fills and json_get.c reads.
 * Knows: nothing but the layout; everything lies in the arena of the document.
 * Does not know: text. */
#ifndef OCTET_FORMATS_JSON_NODE_H
#define OCTET_FORMATS_JSON_NODE_H

#include "formats/json.h"

typedef struct octet_json_member octet_json_member;

struct octet_json {
    octet_json_kind kind;
    uint32_t n; /* items, members, or bytes of the text */
    union {
        int64_t integer; /* a boolean too: 0 or 1 */
        double real;
        const char *text; /* UTF-8, ends with NUL and may hold others before */
        const octet_json *items;
        const octet_json_member *members; /* in the order of the file, each key once */
    } is;
};

struct octet_json_member {
    const char *key; /* without NUL */
    octet_json value;
};

/* The members of an object in the order of their keys. They lie behind the members. */
static inline const octet_json_member *const *octet_json_sorted(const octet_json *object) {
    return (const octet_json_member *const *)(const void *)(object->is.members + object->n);
}

#endif
