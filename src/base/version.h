/* base/version.h - the version of octet in words.
 * In:  nothing.
 * Out: OCTET_VERSION_TEXT, written into files.
 * Knows: the public header, where the version stands; CMakeLists.txt and pyproject.toml read it there.
 * Does not know: anything else. */
#ifndef OCTET_BASE_VERSION_H
#define OCTET_BASE_VERSION_H

#include "octet/context.h"

#define OCTET_VERSION_TEXT OCTET_VERSION

#endif
