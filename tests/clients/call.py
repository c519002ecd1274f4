"""Calls a method with grpcio: python call.py ADDRESS. Says the status, and when to come back by its details."""

import json
import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

channel = grpc.insecure_channel(sys.argv[1])
call = channel.unary_unary("/shop.v1.Orders/List", request_serializer=bytes, response_deserializer=bytes)
try:
    call(b"", timeout=20)
except grpc.RpcError as error:
    # It raises where code and message are not those of the details.
    status = rpc_status.from_call(error)
    retry = error_details_pb2.RetryInfo()
    assert status.details[0].Unpack(retry)
    said = {"code": error.code().name, "message": error.details(), "after": retry.retry_delay.seconds}
    print(json.dumps(said))
