# Not a liar: what the children of liars.txt are made of. It does what the model expects of call, leave and spawn, so that a liar deviates in its
# lie and in nothing else. answer BATCH [LIE] answers, loop calls `serve` for each batch, and find BATCH WHERE looks for the command to lie about.
progress=
while [ $# -gt 0 ]; do
    case $1 in --progress) progress=$2; shift ;; esac
    shift
done

hello='{"op":"hello","protocol":1,"implementation":{"name":"fake","version":"1"},"interpreter":{"name":"simulation of a liar","version":"0"},"alphabets":["switcher"],"commands":["call","leave","spawn"],"channels":["status","running","frames","probe"],"choices":{"freshContext":"empty","finishTo":"spawner","freshDepth":"zero"},"threads":1,"limits":[1000,600,400],"levels":{"base":3,"call":1}}'

say_hello() { printf '%s\n' "$hello"; }

reader='
    function next_script() { depth = 0; number = ""; count = 0; blocks = 0; split("", born); seven = 0 }
    {
        id = $0; sub(/.*"id":/, "", id); sub(/,.*/, "", id)
        text = $0; sub(/.*"scripts":\[/, "", text); sub(/\]}$/, "", text)
        for (i = 1; i <= length(text); i++) {
            c = substr(text, i, 1)
            if (c == "[" && depth == 0) { next_script(); depth = 1; begin_script() }
            else if (c == "[") { depth = 2; token = "" }
            else if (c == "]" && depth == 2) { depth = 1; split(token, part, ","); command(part[1], part[2] + 0); count++ }
            else if (c == "]") { depth = 0; end_script(); scripts++ }
            else if (depth == 2) token = token c
        }
        done()
    }'

# The lies are about scripts with a call7, from that command on: label, memory, many, few, types, deep, null, double, reversed; or none. memory is label,
# but only once an earlier script has called call6.
answer() {
    printf '%s\n' "$1" | awk -v lie="$2" -v six="$six" '
    function begin_script() { out = "" }
    function command(name, n,    status) {
        status = "ok"
        if (name == "\"call\"" && blocks < 12) label[blocks++] = "call" n
        else if (name == "\"leave\"" && blocks > 0) blocks--
        else if (name == "\"spawn\"" && !(n in born)) born[n] = 1
        else status = "inapplicable"
        if (name == "\"call\"" && n == 7) seven = 1
        if (name == "\"call\"" && n == 6) sixes = 1
        add(status, 0)
    }
    function add(status, over,    b, frames, one) {
        frames = ""
        for (b = blocks - 1; b >= 0; b--) frames = frames (frames == "" ? "" : ",") "\"" label[b] "\""
        if (seven && (lie == "label" || lie == "memory" && six) && !over) frames = "\"call1\",\"call2\""
        if (seven && lie == "deep") { for (b = 0; b < 5000; b++) frames = frames "["; }
        one = "[\"" status "\",0,[" frames "],null,null,null,null,null,null,0]"
        if (seven && lie == "types") one = "[0,\"zero\",{},1,2,3,4,5,6,[]]"
        if (seven && lie == "null") sub(/0,\[[^]]*\]/, "0,null", one)
        if (seven && lie == "few" && over) return
        out = out (out == "" ? "" : ",") one (seven && lie == "many" ? "," one : "")
    }
    function end_script() { blocks = 0; add("ok", 1); six = six || sixes; all[scripts + 0] = "[" out "]" }
    function done(    s, results) {
        for (s = 0; s < scripts; s++) results = lie == "reversed" ? all[s] (s ? "," : "") results : results (s ? "," : "") all[s]
        print "{\"op\":\"ran\",\"id\":" id ",\"results\":[" results "]}" (lie == "double" ? "{\"op\":\"ran\",\"id\":" id ",\"results\":[" results "]}" : "")
    }'"$reader"
}

# remember BATCH: whether a script of it has called call6.
remember() { case $1 in *'["call",6]'*) six=yes ;; esac; }

# find BATCH WHERE prints "SCRIPT COMMAND" of the first call7 that is the first, the last or another (middle) command of its script, or any, or any
# in a script after one that has called call6.
find() {
    printf '%s\n' "$1" | awk -v where="$2" -v six="$six" '
    function begin_script() { at = -1 }
    function command(name, n) { if (name == "\"call\"" && n == 6) sixes = 1; if (name == "\"call\"" && n == 7 && (at < 0 || where == "last")) if (where != "middle" || count > 0) at = count }
    function end_script() {
        place = at == 0 ? "first" : at == count - 1 ? "last" : "middle"
        if (at >= 0 && found == "" && (where == "any" || where == place || where == "after6" && six)) found = scripts + 0 " " at
        six = six || sixes
    }
    function done() { print found }'"$reader"
}

has_call_7() { case $1 in *'["call",7]'*) true ;; *) false ;; esac; }

# Notes script $1 and command $2 (both below 256) in the progress file.
note() { printf "\\$(printf %03o "$1")\\000\\000\\000\\$(printf %03o "$2")\\000\\000\\000PYSTATE1" >"$progress"; }

# die_at WHERE HOW BATCH: at that command, after it was noted; otherwise the batch is answered.
die_at() {
    place=$(find "$3" "$1")
    if [ -n "$place" ]; then
        note $place
        echo "about to end by $2" >&2
        case $2 in exit*) $2 ;; *) kill -"$2" $$; sleep 60 ;; esac
    fi
    answer "$3"
}

serve() { answer "$1"; }

loop() {
    while IFS= read -r line; do
        case $line in
            *'"op":"hello"'*) say_hello ;;
            *'"op":"bye"'*) exit 0 ;;
            *) serve "$line" ;;
        esac
    done
}
