// Calls a method by gRPC, gRPC-Web and Connect: node call.mjs ADDRESS. Says the code and the message that each client sees.

import { create, createFileRegistry } from "@bufbuild/protobuf";
import { EmptySchema, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { file_google_protobuf_empty } from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import grpc from "@grpc/grpc-js";

const [address] = process.argv.slice(2);
const say = (client, code, message) => console.log(JSON.stringify({ client, code, message }));

const channel = new grpc.Client(address, grpc.credentials.createInsecure());
const bytes = (value) => value;
await new Promise((resolve) =>
  channel.makeUnaryRequest("/shop.v1.Orders/List", bytes, bytes, Buffer.alloc(0), (error) => {
    say("gRPC", grpc.status[error.code], error.details);
    resolve();
  }),
);
channel.close();

const empty = ".google.protobuf.Empty";
const files = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_empty.proto,
    create(FileDescriptorProtoSchema, {
      name: "orders.proto",
      package: "shop.v1",
      syntax: "proto3",
      dependency: ["google/protobuf/empty.proto"],
      service: [
        {
          name: "Orders",
          method: [
            { name: "List", inputType: empty, outputType: empty },
            { name: "Watch", inputType: empty, outputType: empty, serverStreaming: true },
          ],
        },
      ],
    }),
  ],
});
const orders = createFileRegistry(files).getService("shop.v1.Orders");
const request = create(EmptySchema);
for (const [name, transport] of Object.entries({
  "gRPC-Web": createGrpcWebTransport({ baseUrl: `http://${address}` }),
  Connect: createConnectTransport({ baseUrl: `http://${address}` }),
})) {
  const client = createClient(orders, transport);
  await client.list(request).catch((error) => say(name, Code[error.code], error.rawMessage));
  const stream = async () => {
    for await (const _ of client.watch(request));
  };
  await stream().catch((error) => say(`${name} stream`, Code[error.code], error.rawMessage));
}
