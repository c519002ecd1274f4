"""Asks with urllib3, once and then until there is an answer: python retry.py URL. Says the status, and how long it took."""

import json
import sys
import time

import urllib3

once = urllib3.PoolManager().request("GET", sys.argv[1], retries=False)
print(json.dumps({"refused": once.status}), flush=True)
retries = urllib3.Retry(total=5, status_forcelist=[503], respect_retry_after_header=True)
begun = time.monotonic()
answer = urllib3.PoolManager(retries=retries).request("GET", sys.argv[1])
print(json.dumps({"status": answer.status, "seconds": time.monotonic() - begun}))
