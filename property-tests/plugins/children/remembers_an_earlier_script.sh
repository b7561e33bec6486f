#!/bin/sh
# Shows other frames after call7, once another script has called call6.
. "${0%/*}/model.sh"
serve() { answer "$1" memory; remember "$1"; }
loop
