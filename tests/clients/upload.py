"""Uploads with Python: python upload.py URL BYTES. Says each status that came back, or why none did."""

import http.client
import json
import sys
import urllib.parse

import urllib3

url, length = sys.argv[1], int(sys.argv[2])
place, body = urllib.parse.urlsplit(url), bytes(length)


def standard():
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
    connection.request("POST", "/upload", body)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def pooled():
    return urllib3.PoolManager(retries=False).request("POST", f"{url}/upload", body=body).status


for _ in range(10):
    for send in standard, pooled:
        try:
            print(json.dumps(send()), flush=True)
        except Exception as error:
            print(json.dumps(type(error).__name__), flush=True)
print(json.dumps("done"))
