/** An inventory on a primary whose questions go to standbys, and ways to look at them. */
import { Inventory, InventoryQueries, SkuId, StockReads } from "@holdfast/core/inventory"
import type { PostgresServer } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMigrations, layerPostgres, layerStorage } from "../../src/effect.ts"
import type { ReplicaOptions } from "../../src/replicas/openReplicas.ts"
import { type ReplicaState, replicaStandings } from "../../src/replicas/standing.ts"
import { engineAt, unmigrated, until } from "../engines.ts"

/** The SKU that is looked at. */
export const mug = SkuId.make("mug")

/** Makes the tables, and the mug with 100 pieces. */
export const withMug = (primary: PostgresServer) =>
  Effect.provide(
    Effect.flatMap(Inventory, (inventory) =>
      inventory.registerSku({ skuId: mug, code: "MUG", name: "Mug", initialStock: 100 })
    ),
    engineAt(primary.url())
  )

/** The URL of several servers, the first that can be written to first. */
export const urlOf = (...servers: ReadonlyArray<PostgresServer>): string =>
  `postgres://postgres@${servers.map(({ port }) => `127.0.0.1:${port}`).join(",")}/postgres`

/** An inventory that writes to the one and reads from the others. */
export const readingFrom = (
  url: string,
  replicas: ReadonlyArray<Pick<PostgresServer, "url">>,
  options: Omit<ReplicaOptions, "urls"> = {}
) =>
  Layer.merge(Inventory.layer(), InventoryQueries.layer).pipe(
    Layer.provideMerge(layerStorage()),
    Layer.provide(layerMigrations()),
    Layer.provideMerge(
      layerPostgres({ url, replicas: { urls: replicas.map((it) => it.url()), ...options } })
    )
  )

/** What a question says is there of the mug. */
export const asked = Effect.map(
  Effect.flatMap(InventoryQueries, (queries) => queries.stock({ skuId: mug })),
  ({ totalQuantity }) => totalQuantity
)

/** One piece more, by another process; the version that the mug has then. */
export const receiveOne = (primary: PostgresServer) =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* inventory.receive({ skuId: mug, quantity: 1 })
    const [stock] = yield* (yield* StockReads).stock([mug])
    return stock?.levels[0]?.level.version ?? 0
  }).pipe(Effect.provide(unmigrated({ url: primary.url() })))

/** The states of the replicas. */
export const states = Effect.map(replicaStandings, (all) => all.map(({ state }) => state))

/** Waits until the replicas have these states. */
export const untilStates = (...wanted: ReadonlyArray<ReplicaState>) =>
  until(Effect.map(states, (found) => found.join() === wanted.join()))

/** How many reads the replicas have answered. */
export const answeredByReplicas = Effect.map(replicaStandings, (all) =>
  all.reduce((sum, { answered }) => sum + answered, 0)
)
