/** The thin line: a real server, and a client that knows nothing but the .proto files. */
import { create, fromBinary, type JsonObject, type Message, toBinary } from "@bufbuild/protobuf"
import { expect, it } from "@effect/vitest"
import { Client, credentials, type ServiceError } from "@grpc/grpc-js"
import { Inventory, InventoryQueries, MemoryInventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { services } from "../../src/contract/services.ts"
import { GrpcAddress, grpcCall, layerGrpcServer } from "../../src/index.ts"

const call = (client: Client, name: string, request: object) => {
  const method = services.inventory.methods.find((one) => one.name === name)
  if (method === undefined) throw new Error(`no method ${name}`)
  return Effect.tryPromise({
    try: () =>
      new Promise<Message>((resolve, reject) => {
        client.makeUnaryRequest(
          `/${services.inventory.typeName}/${name}`,
          (message: Message) => Buffer.from(toBinary(method.input, message)),
          (bytes: Buffer) => fromBinary(method.output, bytes),
          create(method.input, request as never),
          (error, answer) => (error === null ? resolve(answer as Message) : reject(error))
        )
      }),
    catch: (error) => error as ServiceError
  })
}

const streamed = (client: Client, count: number) =>
  Effect.callback<ReadonlyArray<Message>, Error>((resume) => {
    const method = services.events.methods.find((one) => one.name === "StreamEvents")
    if (method === undefined) throw new Error("no method")
    const found: Array<Message> = []
    const stream = client.makeServerStreamRequest(
      `/${services.events.typeName}/StreamEvents`,
      (message: Message) => Buffer.from(toBinary(method.input, message)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      create(method.input, { context: 1 } as never)
    )
    stream.on("data", (message: Message) => {
      found.push(message)
      if (found.length === count) {
        stream.cancel()
        resume(Effect.succeed(found))
      }
    })
    stream.on("error", (error: ServiceError) => {
      if (error.code !== 1) resume(Effect.fail(error))
    })
  })

const served = layerGrpcServer({ port: 0 }).pipe(
  Layer.provideMerge(
    Layer.provideMerge(
      Layer.merge(Inventory.layer(), InventoryQueries.layer),
      MemoryInventory.layer
    )
  )
)

it.live("registers a SKU, reserves it, and refuses what is short", () =>
  Effect.gen(function* () {
    const { host, port } = yield* GrpcAddress
    const client = new Client(`${host}:${port}`, credentials.createInsecure())
    yield* Effect.addFinalizer(() => Effect.sync(() => client.close()))
    yield* call(client, "RegisterSku", { skuId: "mug", code: "MUG", name: "Mug", initialStock: 3n })
    const reserved = yield* call(client, "Reserve", {
      orderId: "order-1",
      lines: [{ skuId: "mug", quantity: 2n }]
    })
    expect(reserved).toMatchObject({
      reservations: [{ skuId: "mug", quantity: 2n, orderId: "order-1" }]
    })
    const short = yield* Effect.flip(
      call(client, "Reserve", { orderId: "order-2", lines: [{ skuId: "mug", quantity: 2n }] })
    )
    expect(short.code).toBe(9)
    expect(short.metadata.get("grpc-status-details-bin")).toHaveLength(1)
    const stock = yield* call(client, "GetStock", { skuId: "mug" })
    expect(stock).toMatchObject({ availableQuantity: 1n })
    const events = yield* streamed(client, 2)
    expect(events).toMatchObject([
      { event: { position: 1n, eventType: "inventory.sku.created" } },
      { event: { aggregateId: "mug" } }
    ])
  }).pipe(Effect.provide(served))
)

it.live("is called with JSON, and answers in JSON", () =>
  Effect.gen(function* () {
    const { host, port } = yield* GrpcAddress
    const service = "holdfast.inventory.v1.InventoryService"
    const ask = (name: string, message: JsonObject) =>
      Effect.promise(() => grpcCall(`${host}:${port}`, `${service}/${name}`, message))
    yield* ask("RegisterSku", { skuId: "cup", code: "CUP", name: "Cup", initialStock: "4" })
    expect(yield* ask("GetStock", { skuId: "cup" })).toMatchObject({ availableQuantity: "4" })
  }).pipe(Effect.provide(served))
)

it.live("says in the message what REST says, and not at any length", () =>
  Effect.gen(function* () {
    const { host, port } = yield* GrpcAddress
    const service = "holdfast.inventory.v1.InventoryService"
    const refused = (name: string, message: JsonObject) =>
      Effect.promise(() =>
        grpcCall(`${host}:${port}`, `${service}/${name}`, message).then(
          () => "",
          ({ details }: { readonly details: string }) => details
        )
      )
    const wrongly = (path: string, message: JsonObject) =>
      Effect.promise(() => grpcCall(`${host}:${port}`, path, message).catch(String))
    expect(yield* wrongly(`${service}/GetStok`, {})).toMatch(/GetStok; .* has .*GetStock,/)
    expect(yield* wrongly(`${service}/GetStock`, { sku: "cup" })).toMatch(/key "sku" is unknown/)
    const unknown = 'no such SKU: "none"; register it first, or correct the id'
    expect(yield* refused("GetStock", { skuId: "none" })).toBe(unknown)
    const skus = Array.from({ length: 5 }, (_, n) => `${n}`.repeat(100))
    const lines = skus.map((skuId) => ({ skuId, quantity: "1" }))
    const long = yield* refused("Reserve", { orderId: "order-of-many", lines })
    expect(long).toMatch(/^no such SKU: .*…$/)
    expect(long).toHaveLength(500)
  }).pipe(Effect.provide(served))
)
