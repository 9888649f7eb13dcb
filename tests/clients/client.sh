#!/bin/sh
# A program with probes, a counter and an orderly stop, by the control port of a uservice beside it or above it. Needs curl.
set -eu
base=${USERVICE_CONTROL:-http://127.0.0.1:8078}
control() { # METHOD PATH [JSON]
  curl -sS --fail-with-body --max-time 60 ${USERVICE_CONTROL_TOKEN:+-H "Authorization: Bearer $USERVICE_CONTROL_TOKEN"} -X "$1" ${3:+-d "$3"} "$base$2"
}

stopped=$(mktemp)
rm "$stopped"
trap 'touch "$stopped"' TERM
control PUT /checks/loop '{"for":["alive"],"ttl":"2s"}' >/dev/null # must be kicked every 2 seconds
control PUT /checks/work '{"for":["ready"]}' >/dev/null
(
  trap '' TERM
  until [ -e "$stopped" ]; do
    case $(control GET '/shutdown?wait=30s' || sleep 1) in *'"stopping":true'*) touch "$stopped" ;; esac
  done
) &
until [ -e "$stopped" ]; do
  control POST /checks/loop/kick >/dev/null || [ -e "$stopped" ]
  control POST /metrics '{"name":"work_done_total","help":"Work done.","add":1}' || [ -e "$stopped" ]
  sleep 0.3 || true # here the work is done
done
trap '' TERM # it ends by itself from here on
control POST /checks/work/disable '{"message":"draining"}' >/dev/null || true
rm -f "$stopped"
kill $! 2>/dev/null || true
echo drained
