"""A gRPC client that shares nothing with the greeter: prints, as JSON, what it and its health service answer.

    client.py ADDRESS
"""

import json
import sys

import grpc
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2, health_pb2_grpc

PATIENCE = 10  # seconds


def greet(channel):
    # A StringValue is on the wire what HelloRequest and HelloReply are: one string, number 1.
    say_hello = channel.unary_unary(
        "/greeter.Greeter/SayHello",
        request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString,
    )
    try:
        return {"message": say_hello(StringValue(value="Python"), timeout=PATIENCE).value}
    except grpc.RpcError as error:
        marker = dict(error.trailing_metadata()).get("intermission")
        return {"code": error.code().name, "details": error.details(), "marker": marker}


def health(channel):
    check = health_pb2_grpc.HealthStub(channel).Check
    try:
        answer = check(health_pb2.HealthCheckRequest(service="greeter.Greeter"), timeout=PATIENCE)
    except grpc.RpcError as error:
        return error.code().name
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


def main():
    (address,) = sys.argv[1:]
    # No proxy from the environment: the address is the greeter's own.
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        print(json.dumps({"greeter": greet(channel), "health": health(channel)}))


main()
