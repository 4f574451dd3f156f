# completion.zsh FOLDER LINES: prints LINE|WORDS for each line of the file, which ends with |: what an interactive zsh, which finds _octet in
# the folder, offers where the line ends.
zmodload zsh/zpty
zpty shell zsh -f -i
export found=$(mktemp)
cat >$found.rc <<END
fpath=($1 \$fpath)
autoload -Uz compinit && compinit -u -D
compadd() { # notes what matches, then adds it; calls that only ask are passed on
    local -a matches
    if [[ " \$* " != *' -'[OAD]' '* ]]; then builtin compadd -O matches "\$@"; offered+=(\$matches); fi
    builtin compadd "\$@"
}
offer() { offered=(); _main_complete; print -r -- "\$BUFFER|\$offered" >>$found }
zle -C offer list-choices offer
ask() {
    local line
    while IFS= read -r line; do BUFFER=\${line%|}; CURSOR=\$#BUFFER; zle offer; done <$2
    print every-line-is-done
}
zle -N ask
bindkey '^T' ask
END
zpty -w shell "source $found.rc"
zpty -w -n shell $'\C-t'
zpty -r shell output '*every-line-is-done*'
zpty -d shell
cat $found
rm -f $found $found.rc
