/** What each context asks of the other in another process, over gRPC. */
import { create } from "@bufbuild/protobuf"
import { Server, ServerCredentials, status } from "@grpc/grpc-js"
import { StockStatus } from "@holdfast/core/catalog"
import { OptionId, OptionMappings, SkuId } from "@holdfast/core/inventory"
import { FollowedInventory } from "@holdfast/core/shelf"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { option, socks, uuid } from "../../../http/test/catalog/shop.ts"
import { services } from "../../src/contract/services.ts"
import {
  type GrpcRemoteOptions,
  grpcTrouble,
  layerGrpcCatalog,
  layerGrpcInventory
} from "../../src/index.ts"
import { definitionOf } from "../../src/serving/definitions.ts"
import { type GrpcWorld, openGrpcWorld } from "../access/world.ts"

let world: GrpcWorld
beforeAll(async () => {
  world = await openGrpcWorld()
  const more = { code: "SEVEN", name: "Seven", initialStock: 7, safetyStock: 2 }
  await Effect.runPromise(world.inventory.registerSku({ skuId: "known-7", ...more } as never))
})
const stopped: Array<() => void> = []
afterAll(async () => {
  for (const stop of stopped) stop()
  await world.close()
})

const at = () => `grpc://${world.address}`

const ofInventory = <A, E>(
  ask: Effect.Effect<A, E, StockStatus | FollowedInventory>,
  options: Partial<GrpcRemoteOptions> = {}
): Promise<A> =>
  Effect.runPromise(
    Effect.provide(
      ask,
      Layer.provideMerge(layerGrpcInventory({ url: at(), ...options }), Logger.layer([]))
    )
  )

const stockOf = (...skuIds: ReadonlyArray<string>) =>
  Effect.flatMap(StockStatus, (stock) => stock.stockOf(skuIds.map((id) => SkuId.make(id))))

const heldOf = (count: number) =>
  Effect.flatMap(StockStatus, (stock) =>
    stock.heldOptions(Array.from({ length: count }, (_, n) => OptionId.make(uuid(n))))
  )

/** A server whose every question ends as a test says. */
const endingWith = (code: status | "never") =>
  new Promise<{ said: { code: status | "never"; asked: number }; url: string }>((resolve) => {
    const said = { code, asked: 0 }
    const server = new Server()
    const handle = (_call: unknown, done: (error: object | null, value?: object) => void) => {
      said.asked += 1
      if (said.code === "never") return
      if (said.code !== status.OK) return done({ code: said.code, details: "as the test says" })
      const held = services.inventory.methods.find(({ name }) => name === "GetHeldOptions")
      done(null, held && create(held.output))
    }
    server.addService(
      Object.fromEntries(services.inventory.methods.map((one) => [one.name, definitionOf(one)])),
      Object.fromEntries(services.inventory.methods.map(({ name }) => [name, handle])) as never
    )
    stopped.push(() => server.forceShutdown())
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, port) =>
      resolve({ said, url: `grpc://127.0.0.1:${port}` })
    )
  })

describe("the stock of an inventory", () => {
  it("is known with the version of the SKU, or missing, for many SKUs at once", async () => {
    const others = Array.from({ length: 1_200 }, (_, n) => `nothing-${n}`)
    const answers = await ofInventory(stockOf("known-7", ...others))
    expect(answers).toHaveLength(1_201)
    expect(answers[0]).toMatchObject({
      ...{ _tag: "Known", skuId: "known-7", availableQuantity: 5, inStockQuantity: 5 }
    })
    expect(new Set(answers.slice(1).map(({ _tag }) => _tag))).toEqual(new Set(["Missing"]))
  })

  it("is unknown when nobody listens there, or when no answer comes", async () => {
    const unknown = [{ _tag: "Unknown", skuId: "a" }]
    expect(await ofInventory(stockOf("a"), { url: "grpc://127.0.0.1:9" })).toEqual(unknown)
    const { said, url } = await endingWith("never")
    const options = { url, tryMillisMax: 50, retriesMax: 2 }
    expect(await ofInventory(stockOf("a"), options)).toEqual(unknown)
    expect(said.asked).toBe(3)
  })

  it("is not asked for while the breaker is open, and asked for again once it may be", async () => {
    const held = heldOf(1)
    const { said, url } = await endingWith(status.UNAVAILABLE)
    await ofInventory(
      Effect.gen(function* () {
        for (let n = 0; n < 9; n++) yield* Effect.flip(held)
        expect(said.asked).toBe(3)
        expect((yield* Effect.flip(held)).message).toContain("failed several times in a row")
      }),
      { url, retriesMax: 0, failuresMax: 3, openMillis: 3_600_000 }
    )
    const again = await endingWith(status.UNAVAILABLE)
    await ofInventory(
      Effect.gen(function* () {
        for (let n = 0; n < 3; n++) yield* Effect.flip(held)
        again.said.code = status.OK
        expect(yield* held).toEqual([])
        expect(again.said.asked).toBe(4)
      }),
      { url: again.url, retriesMax: 0, failuresMax: 3, openMillis: 0 }
    )
  })

  it("does not open the breaker by what is refused", async () => {
    const { said, url } = await endingWith(status.PERMISSION_DENIED)
    await ofInventory(
      Effect.gen(function* () {
        for (let n = 0; n < 9; n++) {
          expect(yield* Effect.flip(heldOf(1))).toMatchObject({ reason: "Unavailable" })
        }
      }),
      { url, failuresMax: 2, openMillis: 3_600_000 }
    )
    expect(said.asked).toBe(9)
  })
})

it("an inventory is asked which options have open holds, many at once", async () => {
  expect(await ofInventory(heldOf(1_001))).toEqual([])
})

it("the log of an inventory has the events as they are kept, by pages, and its end", async () => {
  await ofInventory(
    Effect.gen(function* () {
      const log = yield* FollowedInventory
      const kept = yield* world.logs[0].read(0, 10)
      expect(yield* log.read(0, 10)).toEqual(
        kept.map((event) => expect.objectContaining({ position: event.position }))
      )
      expect(yield* log.read(0, 1)).toHaveLength(1)
      const head = yield* world.logs[0].head
      expect(yield* log.head).toBe(head)
      expect(yield* log.read(head, 10)).toEqual([])
    })
  )
})

it("a catalog is asked for the SKUs of options that are for sale", async () => {
  const products = [socks({ status: "ACTIVE", options: [option({ optionId: uuid(1) })] })]
  for (const product of products) {
    await Effect.runPromise(world.catalog.createProduct(product as never))
  }
  const asked = Effect.flatMap(OptionMappings, (catalog) =>
    catalog.optionsOf([uuid(1), uuid(99)].map((id) => OptionId.make(id)))
  )
  const [known, unknown] = await Effect.runPromise(
    Effect.provide(asked, layerGrpcCatalog({ url: at() }))
  )
  expect(known).toMatchObject({ _tag: "ForSale", skuMappings: [{ skuId: "known-7", quantity: 1 }] })
  expect(unknown).toEqual({ _tag: "Unknown", optionId: uuid(99) })
  const failure = await Effect.runPromise(
    Effect.flip(Effect.provide(asked, layerGrpcCatalog({ url: "grpc://127.0.0.1:9" })))
  )
  expect(failure).toMatchObject({ reason: "Unavailable", isRetryable: true })
  expect(failure.message).toMatch(/^the catalog does not answer: /)
})

it("health says whether another Holdfast is well", async () => {
  expect(await Effect.runPromise(grpcTrouble({ url: at() }))).toBeUndefined()
  expect(await Effect.runPromise(grpcTrouble({ url: "grpc://127.0.0.1:9" }))).toMatch(/./)
})

it("what a later release says, which this one has no words for, is no fault of this one", async () => {
  const [mapping, products] = ["GetSkuMappings", "GetProductsByIds"].map((name) =>
    services.catalog.methods.find((one) => one.name === name)
  )
  if (mapping === undefined || products === undefined) throw new Error("there are such methods")
  const say = (desc: typeof mapping, answer: object) => (_call: unknown, done: CallableFunction) =>
    done(null, create(desc.output, answer as never))
  const mappings = [{ productId: uuid(7), optionId: uuid(1), skuId: "a", quantity: 1n }]
  const items = [{ product: { id: uuid(7), name: "Socks", type: 99, status: 98, version: 1n } }]
  const server = new Server()
  server.addService({ mapping: definitionOf(mapping), products: definitionOf(products) }, {
    mapping: say(mapping, { mappings }),
    products: say(products, { items })
  } as never)
  stopped.push(() => server.forceShutdown())
  const port = await new Promise<number>((resolve) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, found) =>
      resolve(found)
    )
  )
  const asked = Effect.flatMap(OptionMappings, (catalog) =>
    catalog.optionsOf([OptionId.make(uuid(1))])
  )
  const exit = await Effect.runPromiseExit(
    Effect.provide(asked, layerGrpcCatalog({ url: `grpc://127.0.0.1:${port}` }))
  )
  expect(exit).toMatchObject({
    cause: { reasons: [{ _tag: "Fail", error: { _tag: "StoreError", reason: "Unavailable" } }] }
  })
})
