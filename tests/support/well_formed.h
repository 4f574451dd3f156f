/* well_formed.h - whether a page is well-formed, for tests of what is written as HTML.
 * In:  a page.
 * Out: a failed test that shows the place where it is not.
 * Knows: XML as far as octet's pages use it; what stands in <style> and <script> is not looked at.
 * Does not know: which elements HTML has. */
#ifndef OCTET_TESTS_WELL_FORMED_H
#define OCTET_TESTS_WELL_FORMED_H

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { WELL_FORMED_DEPTH = 64, WELL_FORMED_NAME = 32 };

#define WELL_FORMED(condition, at)                                                      \
    do {                                                                                \
        if (!(condition)) fail_msg("not well-formed (%s) at: %.80s", #condition, (at)); \
    } while (0)

/* One of the five entities that octet writes. */
static inline void well_formed_entity(const char *at) {
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (strncmp(at, entities[i], strlen(entities[i])) == 0) return;
    WELL_FORMED(false, at);
}

static inline const char *well_formed_name(const char *at, char *name) {
    size_t n = 0;
    WELL_FORMED(isalpha((unsigned char)*at), at);
    for (; isalnum((unsigned char)*at) || *at == '-' || *at == ':'; at++) {
        WELL_FORMED(n + 1 < WELL_FORMED_NAME, at);
        name[n++] = *at;
    }
    name[n] = '\0';
    return at;
}

/* Behind the name of an element up to its '>': attributes with a value in double quotes. */
static inline const char *well_formed_attributes(const char *at) {
    char name[WELL_FORMED_NAME];
    while (*at == ' ') {
        at = well_formed_name(at + 1, name);
        WELL_FORMED(at[0] == '=' && at[1] == '"', at);
        for (at += 2; *at != '"'; at++) {
            WELL_FORMED(*at != '\0' && *at != '<' && *at != '>' && ((unsigned char)*at >= 0x20), at);
            if (*at == '&') well_formed_entity(at);
        }
        at++;
    }
    return at;
}

static inline void assert_well_formed(const char *page) {
    static char open[WELL_FORMED_DEPTH][WELL_FORMED_NAME];
    size_t depth = 0;
    const char *at = page;
    WELL_FORMED(strncmp(at, "<!DOCTYPE html>\n", 16) == 0, at);
    for (at += 16; *at != '\0';) {
        if (*at == '&') well_formed_entity(at);
        WELL_FORMED(*at != '>' && ((unsigned char)*at >= 0x20 || *at == '\n'), at);
        if (*at != '<') {
            at++;
            continue;
        }
        char name[WELL_FORMED_NAME];
        if (at[1] == '/') {
            const char *begin = at;
            at = well_formed_name(at + 2, name);
            WELL_FORMED(*at == '>' && depth > 0 && strcmp(open[depth - 1], name) == 0, begin);
            depth--;
            at++;
            continue;
        }
        at = well_formed_attributes(well_formed_name(at + 1, name));
        if (strncmp(at, "/>", 2) == 0) {
            at += 2;
            continue;
        }
        WELL_FORMED(*at == '>' && depth < WELL_FORMED_DEPTH, at);
        strcpy(open[depth++], name);
        at++;
        if (strcmp(name, "style") == 0) at = strstr(at, "</style>");
        else if (strcmp(name, "script") == 0) at = strstr(at, "</script>");
        assert_non_null(at);
    }
    assert_int_equal(depth, 0);
}

#endif
