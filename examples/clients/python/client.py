"""Reserves stock over gRPC from Python. It learns the contract from the server itself, by reflection.

    pip install -r requirements.txt
    python client.py 127.0.0.1:9090 85123A order-1
"""

import sys

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

if len(sys.argv) < 4:
    sys.exit("usage: python client.py <host:port> <SKU> <order>, such as 127.0.0.1:3001 85123A order-1")
address, sku_id, order_id = sys.argv[1:4]
channel = grpc.insecure_channel(address)
pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
service = pool.FindServiceByName("holdfast.inventory.v1.InventoryService")


def call(name, message, **metadata):
    """Calls a method with a message as a dict, and answers with a dict."""
    method = service.FindMethodByName(name)
    request = json_format.ParseDict(message, GetMessageClass(method.input_type)())
    answer = GetMessageClass(method.output_type)
    send = channel.unary_unary(
        f"/{service.full_name}/{name}",
        request_serializer=lambda it: it.SerializeToString(),
        response_deserializer=answer.FromString,
    )
    headers = [(key.replace("_", "-"), value) for key, value in metadata.items()]
    return json_format.MessageToDict(send(request, timeout=10, metadata=headers))


def refusal(error):
    """The name of a refusal, and what is short."""
    packed = dict(error.trailing_metadata())["grpc-status-details-bin"]
    info, short = error_details_pb2.ErrorInfo(), error_details_pb2.PreconditionFailure()
    for detail in status_pb2.Status.FromString(packed).details:
        detail.Unpack(info)
        detail.Unpack(short)
    return info.reason, [f"{one.subject}: {one.description}" for one in short.violations]


lines = [{"skuId": sku_id, "quantity": 1}]
held = call("Reserve", {"orderId": order_id, "lines": lines}, idempotency_key=order_id)
print("reserved", held["reservations"][0]["quantity"])
try:
    call("Reserve", {"orderId": order_id + "-too-much", "lines": [{"skuId": sku_id, "quantity": 1_000_000}]})
except grpc.RpcError as error:
    print("refused", error.code().name, *refusal(error))
