# Completion of pystate for fish. Load it with: pystate completion fish | source

function __pystate_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -l found ($program '[suggest]' "$words[2..] $word" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else if string match -q '*=*' -- $word
        # A kind of report, or an option, is followed by its file.
        set -l before (string replace -r '=.*' '=' -- $word)
        printf "$before%s\n" (__fish_complete_path (string replace -r '^[^=]*=' '' -- $word))
    else
        __fish_complete_path $word
    end
end

complete -c pystate -f -a '(__pystate_complete)'
