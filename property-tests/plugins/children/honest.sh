# Not a liar: what every child here is made of. hello shakes hands, answer answers a batch truthfully, loop calls `serve` for each batch.
progress=
while [ $# -gt 0 ]; do
    case $1 in --progress) progress=$2; shift ;; esac
    shift
done

hello='{"op":"hello","protocol":1,"implementation":{"name":"fake","version":"1"},"interpreter":{"name":"simulation","version":"0"},
"alphabets":["switcher"],"commands":["call","leave","headroom"],"channels":["status","running","frames","probe"],
"choices":{"freshContext":"empty","finishTo":"spawner","freshDepth":"zero"},"threads":1,"limits":[1000,600,400],"levels":{"base":3,"call":1}}'

say_hello() { printf '%s\n' "$hello" | tr -d '\n'; echo; }

# answer BATCH [LIE]: the probe of each observation is the first argument of its command, so that the tests see whose answer it is.
# The lies are about the first script that calls call7: few, many, status, label, fork.
answer() {
    printf '%s\n' "$1" | awk -v lie="$2" '{
        id = $0; sub(/.*"id":/, "", id); sub(/,.*/, "", id)
        text = $0; sub(/.*"scripts":\[/, "", text); sub(/\]}$/, "", text)
        out = "{\"op\":\"ran\",\"id\":" id ",\"results\":["
        for (i = 1; i <= length(text); i++) {
            c = substr(text, i, 1)
            if (c == "[" && ++depth == 1) { out = out (scripts++ ? ",[" : "["); calls7 = 0 }
            else if (c == "[") { number = "" }
            else if (c ~ /[0-9]/ && depth == 2) { number = number c }
            else if (c == "]" && depth-- == 2) { out = out seen(number == "" ? 0 : number) "," }
            else if (c == "]") { out = out seen(0) "]" }
        }
        gsub(/,MISSING/, "", out)
        print out "]}"
    }
    function seen(probe, one) {
        calls7 = calls7 || probe == 7
        one = "[\"ok\",0,[\"call1\",\"gen0\"],null,null,null,null,null,null," probe "]"
        if (lie == "fork" && probe == 7) sub(/ok/, "crashed", one)
        if (lie == "fork" && probe != 7 && calls7) one = "MISSING"
        if (lie == "status" && probe == 7) sub(/ok/, "splendid", one)
        if (lie == "label" && probe == 7) sub(/gen0/, "main", one)
        if (lie == "many" && probe == 7) one = one "," one
        if (lie == "few" && probe == 0 && calls7) one = "MISSING"
        return one
    }'
}

# Notes script $1 and command $2 (both below 256) in the progress file.
note() { printf "\\$(printf %03o "$1")\\000\\000\\000\\$(printf %03o "$2")\\000\\000\\000PYSTATE1" >"$progress"; }

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
