/* base/version.h - the version of octet in words.
 * In:  nothing.
 * Out: OCTET_VERSION_TEXT, written into files.
 * Knows: include/octet/octet.h says the same; a test compares the two.
 * Does not know: anything else. */
#ifndef OCTET_BASE_VERSION_H
#define OCTET_BASE_VERSION_H

#define OCTET_VERSION_TEXT "0.1.0"

#endif
