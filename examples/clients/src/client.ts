/**
 * Reserves stock over gRPC from TypeScript, with @grpc/grpc-js and the contract that `@holdfast/grpc`
 * publishes: `node client.ts 127.0.0.1:9090 85123A order-1`.
 */
import { create, type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf"
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js"
import { services } from "@holdfast/grpc"

const [, , address = "", skuId = "", orderId = ""] = process.argv
if (orderId === "") {
  console.error(
    "usage: node client.ts <host:port> <SKU> <order>, such as 127.0.0.1:3001 85123A order-1"
  )
  process.exit(2)
}

const methodNamed = (name: string): DescMethod => {
  const method = services.inventory.methods.find((one) => one.name === name)
  if (method === undefined) throw new Error(`there is no method ${name}`)
  return method
}

const client = new Client(address, credentials.createInsecure())

/** Calls a method of the inventory. The same key may be sent again: it takes effect once. */
const call = (name: string, request: object, key: string): Promise<Message> => {
  const { input, output, parent } = methodNamed(name)
  const metadata = new Metadata()
  metadata.set("idempotency-key", key)
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/${parent.typeName}/${name}`,
      (message: Message) => Buffer.from(toBinary(input, message)),
      (bytes: Buffer) => fromBinary(output, bytes),
      create(input, request as Record<string, unknown>),
      metadata,
      { deadline: Date.now() + 10_000 },
      (error, answer) => (answer === undefined ? reject(error) : resolve(answer))
    )
  })
}

const reserve = (order: string, quantity: bigint) =>
  call("Reserve", { orderId: order, lines: [{ skuId, quantity }] }, order)

await reserve(orderId, 1n)
console.log("reserved 1")
await reserve(`${orderId}-too-much`, 1_000_000n).catch((error: ServiceError) => {
  console.log("refused", status[error.code], error.details)
})
client.close()
