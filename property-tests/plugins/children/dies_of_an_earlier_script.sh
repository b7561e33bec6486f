#!/bin/sh
# Dies of SIGSEGV in call7, once another script has called call6.
. "${0%/*}/model.sh"
serve() { die_at after6 SEGV "$1"; remember "$1"; }
loop
