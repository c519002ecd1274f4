"""A tester with programs: python tester.py ADDRESS… For each line of standard input it asks at each address with urllib and grpcio,
and says where it gets in. A pass in the line is presented from then on."""

import json
import sys
import urllib.error
import urllib.request

import grpc

ADDRESSES = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
options = [("grpc.enable_http_proxy", 0), ("grpc.enable_retries", 0)]
channels = [grpc.insecure_channel(address, options=options) for address in ADDRESSES]
passes = {}


def by_urllib(address):
    request = urllib.request.Request(f"http://{address}/", headers=passes)
    try:
        return opener.open(request, timeout=20).status == 200
    except urllib.error.HTTPError as error:
        assert error.code == 503, error
        return False


def by_grpcio(channel):
    call = channel.unary_unary("/shop.v1.Orders/List", request_serializer=bytes, response_deserializer=bytes)
    try:
        call(b"", timeout=20, metadata=[(name, value) for name, value in passes.items()])
    except grpc.RpcError as error:
        # The application has no such method, and says so.
        assert error.code() in (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.UNAVAILABLE), error
        return error.code() == grpc.StatusCode.UNIMPLEMENTED
    raise AssertionError("the application has answered")


for line in sys.stdin:
    if line.strip():
        passes = {"intermission-pass": line.strip()}
    seen = {"urllib": [by_urllib(address) for address in ADDRESSES], "grpcio": [by_grpcio(channel) for channel in channels]}
    print(json.dumps(seen), flush=True)
