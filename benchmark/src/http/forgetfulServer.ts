/**
 * The HTTP door and the engine behind it, over a store that keeps nothing: every batch is decided
 * over the same loaded stock, and its changes are dropped. It shows what the door itself costs.
 */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  Inventory,
  type LoadedStock,
  MemoryInventory,
  noFigures,
  StockStore
} from "@holdfast/core/inventory"
import { layerServer } from "@holdfast/http"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { loadSkus, registerSkus, skuNames } from "../seed.ts"

const forgetful = (loaded: LoadedStock): StockStore["Service"] =>
  StockStore.of({
    lanes: 4,
    transact: (_, decide) => Effect.sync(() => decide(loaded).answer),
    customers: { read: () => Effect.succeed(undefined), erase: () => Effect.succeed(false) },
    figures: noFigures
  })

const layerForgetful = Layer.effect(
  StockStore,
  Effect.gen(function* () {
    const count = Number(process.argv[2])
    yield* registerSkus(count)
    return forgetful(yield* loadSkus(skuNames(count)))
  })
).pipe(Layer.provide(Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)))

const announce = Effect.gen(function* () {
  const { address } = yield* HttpServer.HttpServer
  if (!("port" in address)) throw new Error("the server listens on no port")
  const url = `http://127.0.0.1:${address.port}`
  process.stdout.write(`${JSON.stringify({ url })}\n`)
})

const app = Layer.merge(layerServer(), Layer.effectDiscard(announce)).pipe(
  Layer.provide(Layer.provide(Inventory.layer(), layerForgetful)),
  Layer.provide(MemoryInventory.layer),
  Layer.provide(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 }))
)

Effect.runFork(Layer.launch(app))
