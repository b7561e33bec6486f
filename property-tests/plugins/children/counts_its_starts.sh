# Not a liar: honest, writes the id of its process into the file PYSTATE_STARTS, and sets `starts` to how many are there.
. "${0%/*}/honest.sh"
echo $$ >>"$PYSTATE_STARTS"
starts=$(wc -l <"$PYSTATE_STARTS")
serve() { case $1 in *'["call",7]'*) kill -SEGV $$ ;; *) answer "$1" ;; esac; }
