/* Writes the completion for bash: one function over cases, which needs no package bash-completion. */
#include <stdio.h>
#include <string.h>

#include "completion.h"

static char options[MAX_WORDS]; /* of the command, with a blank before each */

static void begin(void) {
    printf("# bash completion for octet; `octet help --completion bash` writes it.\n"
           "_octet() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} kind=none of= options "
           "path done=\n"
           "    COMPREPLY=()\n"
           "    if [[ $current == = ]]; then\n"
           "        current=\n"
           "    elif [[ $previous == = ]]; then\n"
           "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "    fi\n"
           "    if ((COMP_CWORD == 1)); then\n"
           "        kind=words of='");
    for (const struct command *const *c = all_commands; *c != NULL; c++) printf("%s ", (*c)->name);
    printf("--help --version'\n"
           "    fi\n"
           "    ((COMP_CWORD == 1)) || case ${COMP_WORDS[1]} in\n");
}

static void print_kind(const struct completion *c) {
    static const char *const kinds[] = {[COMPLETE_NOTHING] = "none",
                                        [COMPLETE_WORDS] = "words",
                                        [COMPLETE_LIST] = "list",
                                        [COMPLETE_FILES] = "files",
                                        [COMPLETE_FOLDERS] = "folders"};
    printf("kind=%s", kinds[c->kind]);
    if (c->kind != COMPLETE_NOTHING) printf(" of='%s'", c->words);
}

static void command(const struct command *self, const struct completion *operands) {
    options[0] = '\0';
    printf("        %s)\n            ", self->name);
    print_kind(operands);
    printf("\n            case $previous in\n");
}

static void keep(const struct option *option) {
    const size_t used = strlen(options);
    snprintf(options + used, sizeof options - used, " %s", option->name);
}

static void flag(const struct option *option, const char *summary) {
    (void)summary;
    keep(option);
}

static void print_option(const struct option *option, const char *summary, const struct completion *value) {
    (void)summary;
    keep(option);
    printf("                ");
    if (option->letter != 0) printf("-%c | ", option->letter);
    printf("%s) ", option->name);
    print_kind(value);
    printf(" ;;\n");
}

static void end_command(void) {
    printf("                *) [[ $current != -* ]] || kind=words of='%s' ;;\n"
           "            esac\n"
           "            ;;\n",
           options + 1);
}

static void end(void) {
    printf("    esac\n"
           "    case $kind in\n"
           "        words) mapfile -t COMPREPLY < <(compgen -W \"$of\" -- \"$current\") ;;\n"
           "        list)\n"
           "            [[ $current != *,* ]] || done=${current%%,*},\n"
           "            mapfile -t COMPREPLY < <(compgen -P \"$done\" -W \"$of\" -- \"${current##*,}\")\n"
           "            compopt -o nospace 2>/dev/null\n"
           "            ;;\n"
           "        files)\n"
           "            while IFS= read -r path; do\n"
           "                [[ -n $of && ! -d ${path/#\\~\\//$HOME/} && ! $path =~ \\.(${of// /|})$ ]] || "
           "COMPREPLY+=(\"$path\")\n"
           "            done < <(compgen -f -- \"$current\")\n"
           "            compopt -o filenames 2>/dev/null\n"
           "            ;;\n"
           "        folders)\n"
           "            mapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n"
           "            compopt -o filenames 2>/dev/null\n"
           "            ;;\n"
           "    esac\n"
           "    return 0\n"
           "}\n"
           "complete -F _octet octet\n");
}

const struct completion_writer completion_bash = {begin, command, flag, print_option, end_command, end};
