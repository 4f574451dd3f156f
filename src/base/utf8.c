#include "base/utf8.h"

size_t octet_utf8_length(const char *bytes) {
    const unsigned char *text = (const unsigned char *)bytes;
    const unsigned char first = text[0];
    const size_t length = first < 0x80                    ? 1
                          : first >= 0xc2 && first < 0xe0 ? 2
                          : first >= 0xe0 && first < 0xf0 ? 3
                          : first >= 0xf0 && first < 0xf5 ? 4
                                                          : 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80) return 0;
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) || (first == 0xf0 && text[1] < 0x90) ||
        (first == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

void octet_utf8_make_printable(char *text) {
    while (*text) {
        const size_t length = octet_utf8_length(text);
        if (length == 0 || (length == 1 && (*text < 0x20 || *text == 0x7f))) {
            *text++ = '?';
        } else {
            text += length;
        }
    }
}
