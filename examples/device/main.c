/* Reads handwritten digits on a Cortex-M4. The board's files are those of tests/device/board. */
#include "digits.h"
#include "semihost.h"
#include "timer.h"

/* Pictures of 28 by 28 bytes and what they show, as `octet export --artifacts` writes them. */
__asm__(".section .rodata\n"
        "images: .incbin \"test_images_u8.bin\"\n"
        "labels: .incbin \"test_labels.bin\"\n"
        "labels_end:\n"
        ".text\n");
extern const uint8_t images[], labels[], labels_end[];

static int8_t input[DIGITS_INPUT_SIZE], output[DIGITS_OUTPUT_SIZE];
static int32_t arena[(DIGITS_ARENA_SIZE + 3) / 4];

static int32_t largest(const int8_t *numbers, int32_t n) {
    int32_t best = 0, i;
    for (i = 1; i < n; ++i)
        if (numbers[i] > numbers[best]) best = i;
    return best;
}

int main(void) {
    const int32_t n = (int32_t)(labels_end - labels);
    int32_t k, i, n_right = 0;
    uint32_t spent = 0;
    start_timer();
    for (k = 0; k < n; ++k) {
        const uint8_t *pixels = images + k * DIGITS_INPUT_SIZE;
        int32_t digit;
        uint32_t before;
        for (i = 0; i < DIGITS_INPUT_SIZE; ++i)
            input[i] = digits_quantize_input(digits_scale_input((float)pixels[i], 0));
        before = ticks();
        digits_run(input, output, arena);
        spent += ticks() - before;
        digit = largest(output, DIGITS_OUTPUT_SIZE);
        n_right += digit == labels[k];
        host_print("a ");
        host_print_decimal(labels[k]);
        host_print(", read as ");
        host_print_decimal((uint32_t)digit);
        host_print(" by ");
        host_print_decimal((uint32_t)(100.0f * digits_dequantize_output(output[digit]) + 0.5f));
        host_print(digit == labels[k] ? " %\n" : " %: wrong\n");
    }
    host_print_number("digits: ", (uint32_t)n);
    host_print_number("right: ", (uint32_t)n_right);
    host_print_number("bytes of arena: ", DIGITS_ARENA_SIZE);
    host_print_number("instructions of a run: ", spent / (uint32_t)n * 5u / 4u);
    return n_right * 10 < n * 9;
}
