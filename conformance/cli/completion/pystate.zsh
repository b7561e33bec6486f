#compdef pystate
# Completion of pystate for zsh. Load it with: source <(pystate completion zsh)

_pystate() {
    local program=${(Q)words[1]} typed="${(j: :)words[2,CURRENT-1]} $PREFIX" value
    local -a all texts bare
    all=("${(@f)$(${~program} '[suggest]' "$typed" 2>/dev/null)}")
    for value in $all; do
        texts+=("${value%%$'\t'*}  ${value#*$'\t'}")
        bare+=("${value%%$'\t'*}")
    done
    if (( $#bare == 0 )); then
        # A kind of report is followed by its file.
        compset -P '*='
        _files
    elif [[ $bare[1] == *= ]]; then
        compadd -S '' -l -d texts -- $bare
    else
        compadd -l -d texts -- $bare
    fi
}

if [[ $funcstack[1] == _pystate ]]; then
    _pystate "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _pystate pystate
fi
