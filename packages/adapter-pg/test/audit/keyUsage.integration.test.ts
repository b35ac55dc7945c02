/** The last encryptions of a key: counted in the database for all processes, told before, refused after. */
import { expect, it } from "@effect/vitest"
import { RequestCaller } from "@holdfast/core/engine"
import { Inventory, InventoryLog } from "@holdfast/core/inventory"
import { encryptionsMax, KeyRing, KeyUsage, type RingKeys } from "@holdfast/core/secrets"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { layerKeyUsage, layerMigrations, layerPostgres, layerStorage } from "../../src/effect.ts"
import { connectedTo } from "../engines.ts"

const ringOf = (current: string): RingKeys => ({
  current,
  keys: new Map(["a", "b"].map((id) => [id, Redacted.make(new Uint8Array(32).fill(7))]))
})

const layerRing = (url: string, current: string) =>
  KeyRing.layer(ringOf(current)).pipe(
    Layer.provideMerge(layerKeyUsage({ schema: "inventory" })),
    Layer.provideMerge(layerPostgres({ url }))
  )

/** An engine that keeps where requests came from under a ring, as a process of its own. */
const engineAt = (url: string, current: string) =>
  Inventory.layer({ audit: "ALL" }).pipe(
    Layer.provideMerge(layerStorage()),
    Layer.provide(layerMigrations()),
    Layer.provideMerge(layerRing(url, current))
  )

const sent = Effect.provideService(RequestCaller, {
  caller: "",
  sender: { address: "127.0.0.1", userAgent: "till 4" }
})

const place = { column: "audit_private.ciphertext", row: "1" }

const share = 4_096

const told: Array<string> = []
const listening = Logger.layer([
  Logger.make(({ message }) => {
    told.push(String(message))
  })
])

const receive = Effect.flatMap(Inventory, (inventory) =>
  sent(inventory.receive({ skuId: "mug", quantity: 1 }))
)

describePostgres(18, "a key near the count that it may encrypt", () => {
  it.live(
    "encrypts to the last value, tells before, and then refuses changes and nothing else",
    () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase({ version: 18 })
        const sql = yield* connectedTo(url)
        const encryptions = Effect.map(
          sql("select encryptions::float8 as n from inventory.key_usage where key_id = 'a'"),
          ([row]) => row?.["n"] as number
        )
        const movements = Effect.map(
          sql("select count(*)::float8 as n from inventory.stock_movements"),
          ([row]) => row?.["n"] as number
        )
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* inventory.registerSku({ skuId: "mug", code: "mug", name: "Mug" })
          yield* receive
          expect(yield* encryptions).toBe(share)
        }).pipe(Effect.provide(engineAt(url, "a")))
        expect(told.filter((line) => line.includes("of its encryptions"))).toEqual([])

        yield* sql(`update inventory.key_usage set encryptions = ${encryptionsMax - 2 * share}`)
        // Two processes take the two shares that are left.
        yield* Effect.gen(function* () {
          const ring = yield* KeyRing
          yield* Effect.forEach(Array.from({ length: share }), () => ring.encrypt("x", place))
          expect(yield* encryptions).toBe(encryptionsMax - share)
          const other = yield* Effect.flip(
            Effect.provide(
              Effect.gen(function* () {
                const own = yield* KeyRing
                yield* Effect.forEach(Array.from({ length: share }), () => own.encrypt("x", place))
                expect(yield* encryptions).toBe(encryptionsMax)
                return yield* own.encrypt("x", place)
              }),
              layerRing(url, "a")
            )
          )
          expect(other).toMatchObject({ _tag: "KeyExhausted", keyId: "a" })
          expect((yield* Effect.flip(ring.encrypt("x", place)))._tag).toBe("KeyExhausted")
        }).pipe(Effect.provide(layerRing(url, "a")))
        const warnings = told.filter((line) => line.includes("of its encryptions"))
        expect(warnings[0]).toMatch(/^the key a has used 99 % of its encryptions.*keyring rotate$/)

        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          const before = yield* movements
          const refused = yield* Effect.flip(receive)
          expect(refused).toMatchObject({
            _tag: "StoreError",
            message: expect.stringContaining("as many as one key may")
          })
          expect(yield* movements).toBe(before)
          // What needs no key goes on.
          yield* inventory.receive({ skuId: "mug", quantity: 1 })
        }).pipe(Effect.provide(engineAt(url, "a")))

        yield* Effect.gen(function* () {
          yield* receive
          const usage = yield* KeyUsage
          expect((yield* usage.counts).find(({ keyId }) => keyId === "b")?.encryptions).toBe(share)
          const { audit } = yield* InventoryLog
          const [last] = yield* audit.list({ operation: "BeginKey", limit: 1 })
          expect(last?.targets).toEqual(["KEY:b"])
        }).pipe(Effect.provide(engineAt(url, "b")))
      }).pipe(Effect.provide(listening), Effect.scoped)
  )
})
