"""Asks with urllib3 until there is an answer: python retry.py URL. Says the status, and how long it took."""

import json
import sys
import time

import urllib3

retries = urllib3.Retry(total=5, status_forcelist=[503], respect_retry_after_header=True)
begun = time.monotonic()
answer = urllib3.PoolManager(retries=retries).request("GET", sys.argv[1])
print(json.dumps({"status": answer.status, "seconds": time.monotonic() - begun}))
