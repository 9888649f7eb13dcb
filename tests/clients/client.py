#!/usr/bin/env python3
"""A program with probes, a counter and an orderly stop, by the control port of a uservice beside it or above it."""
import json, os, signal, threading, time, urllib.request

BASE = os.environ.get("USERVICE_CONTROL", "http://127.0.0.1:8078")
TOKEN = os.environ.get("USERVICE_CONTROL_TOKEN")
stopping = threading.Event()


def control(method, path, body=None):
    request = urllib.request.Request(BASE + path, method=method, data=json.dumps(body).encode() if body is not None else None)
    if TOKEN:
        request.add_header("Authorization", "Bearer " + TOKEN)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or "null")


def await_stop():
    while not stopping.is_set():
        try:
            if control("GET", "/shutdown?wait=30s")["stopping"]:
                stopping.set()
        except OSError:  # not there for the moment
            time.sleep(1)


signal.signal(signal.SIGTERM, lambda *_: stopping.set())
control("PUT", "/checks/loop", {"for": ["alive"], "ttl": "2s"})  # must be kicked every 2 seconds
control("PUT", "/checks/work", {"for": ["ready"]})
threading.Thread(target=await_stop, daemon=True).start()
while not stopping.wait(0.3):  # here the work is done
    control("POST", "/checks/loop/kick")
    control("POST", "/metrics", {"name": "work_done_total", "help": "Work done.", "add": 1})
signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends by itself from here on
control("POST", "/checks/work/disable", {"message": "draining"})
print("drained", flush=True)
