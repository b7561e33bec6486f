# Completion of pystate for bash. Load it with: source <(pystate completion bash)

_pystate() {
    local IFS=$'\n' program=${1/#\~/$HOME} typed=${COMP_LINE:0:COMP_POINT}
    typed=${typed#*"${COMP_WORDS[0]}"}
    COMPREPLY=($("$program" '[suggest]' "$typed" 2>/dev/null | cut -f1))
    # To readline a word ends at "=", and only what follows is replaced.
    local word=${typed##*[[:space:]]}
    if [[ $word == *=* && $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*=}"}"}")
    fi
    if [[ ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace
    fi
}

# Where it has no answer, files are offered.
complete -o default -o bashdefault -F _pystate pystate
