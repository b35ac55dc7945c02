/** Keys that change while everything goes on: no read fails, and what was cut short is begun again. */
import { expect, it } from "@effect/vitest"
import { auditPage, senderColumn } from "@holdfast/core/audit"
import { RequestCaller } from "@holdfast/core/engine"
import { makeWebhookManagement } from "@holdfast/core/events"
import { Inventory, InventoryLog } from "@holdfast/core/inventory"
import { KeyRing, type RingKeys, rotateColumn, type SecretColumn } from "@holdfast/core/secrets"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import {
  layerKeyUsage,
  layerMigrations,
  layerPostgres,
  layerStorage,
  secretColumns
} from "../../src/effect.ts"
import { connectedTo } from "../engines.ts"

vi.setConfig({ testTimeout: 300_000 })

const ringOf = (current: string, ...keyIds: ReadonlyArray<string>): RingKeys => ({
  current,
  keys: new Map(keyIds.map((id) => [id, Redacted.make(new Uint8Array(32).fill(id.charCodeAt(0)))]))
})

/** An engine over its tables, which sees a key ring that is provided. */
const engine = Inventory.layer({ audit: "ALL" }).pipe(
  Layer.provideMerge(layerStorage()),
  Layer.provide(layerMigrations())
)

/** An engine without keys. */
const withoutRing = (url: string) => Layer.provideMerge(engine, layerPostgres({ url }))

/** An engine with a ring, and the sessions under it. */
const withRing = (url: string, keys: RingKeys) =>
  engine.pipe(
    Layer.provideMerge(Layer.provide(KeyRing.layer(keys), layerKeyUsage({ schema: "inventory" }))),
    Layer.provideMerge(layerPostgres({ url }))
  )

const userAgent = "till 4"

const by = Effect.provideService(RequestCaller, {
  caller: "",
  sender: { address: "127.0.0.1", userAgent }
})

const sender = {
  objectionTo: () => undefined,
  send: () => Effect.die("nothing is sent here")
}

const secretOf = (letter: string) => `whsec_${Buffer.from(letter.repeat(32)).toString("base64")}`

const records = 700

/** Orders with a customer: more than two pages. */
const customers = 450

const lines = [{ skuId: "mug", quantity: 1 }]

/** Writes records with senders, and webhooks, of which one was made before there were keys. */
const written = (url: string) =>
  Effect.gen(function* () {
    yield* Effect.gen(function* () {
      const { webhooks } = makeManagement(yield* InventoryLog)
      yield* webhooks("clear", secretOf("c"))
      // Two may have one secret, which is encrypted for each of them.
      yield* webhooks("twin", secretOf("c"))
    }).pipe(Effect.provide(withoutRing(url)))
    yield* Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 9_999 })
      yield* Effect.forEach(
        Array.from({ length: records }),
        () => by(inventory.receive({ skuId: "mug", quantity: 1 })),
        { concurrency: "unbounded", discard: true }
      )
      yield* Effect.forEach(
        Array.from({ length: customers }, (_, n) => n),
        (n) => inventory.reserve({ orderId: `o-${n}`, lines, customer: { n } }),
        { concurrency: "unbounded", discard: true }
      )
      const { webhooks } = makeManagement(yield* InventoryLog)
      yield* webhooks("one", secretOf("o"))
    }).pipe(Effect.provide(withRing(url, ringOf("a", "a"))))
  })

const makeManagement = (log: InventoryLog["Service"]) => {
  const management = makeWebhookManagement(log, sender)
  return {
    management,
    webhooks: (name: string, secret: string) =>
      management.create({ url: `https://${name}.example/hooks`, secret }, name)
  }
}

const columnsOf = Effect.flatMap(KeyRing, ({ currentKeyId }) =>
  secretColumns("inventory", currentKeyId, { hasCustomers: true })
)

const rotateAll = Effect.flatMap(KeyRing, (ring) =>
  Effect.flatMap(columnsOf, (columns) =>
    Effect.forEach(columns, (column) => rotateColumn(ring, column))
  )
)

/** Reads everything that is encrypted; how much of it could not be read. */
const failedReads = Effect.gen(function* () {
  const log = yield* InventoryLog
  const page = yield* auditPage(log.audit, { size: 200 })
  const senders = page.items.filter(
    ({ sender: one, senderDigest }) => senderDigest !== null && one?.userAgent !== userAgent
  )
  const webhooks = yield* log.webhooks.list
  const secrets = webhooks.filter(({ secret }) => !Redacted.value(secret).startsWith("whsec_"))
  const inventory = yield* Inventory
  const from = Math.floor(Math.random() * (customers - 20))
  const read = yield* Effect.forEach(
    Array.from({ length: 20 }, (_, n) => from + n),
    (n) =>
      Effect.match(inventory.customer({ orderId: `o-${n}` }), {
        onSuccess: ({ customer }) => customer["n"] === n,
        onFailure: () => false
      })
  )
  return senders.length + secrets.length + read.filter((isRead) => !isRead).length
})

describePostgres(18, "a rotation of keys", () => {
  it.live("fails no read under load, goes on after a cut, and leaves nothing under old keys", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase({ version: 18 })
      yield* written(url)
      const sql = yield* connectedTo(url)
      const keyIds = Effect.map(
        sql(`select distinct split_part(value, ':', 2) as key from (
          select ciphertext as value from inventory.audit_private
          union all select secret from inventory.webhooks
          union all select ciphertext from inventory.order_customers) as all_values order by 1`),
        (rows) => rows.map(({ key }) => key)
      )
      expect(yield* keyIds).toEqual(expect.arrayContaining(["a"]))
      yield* Effect.gen(function* () {
        const ring = yield* KeyRing
        const inventory = yield* Inventory
        let [reads, failed] = [0, 0]
        const reading = yield* Effect.forkChild(
          Effect.forever(
            Effect.map(failedReads, (count) => {
              reads++
              failed += count
            })
          )
        )
        const writing = yield* Effect.forkChild(
          Effect.forever(by(inventory.receive({ skuId: "mug", quantity: 1 })))
        )
        let n = 0
        const replacing = yield* Effect.forkChild(
          Effect.forever(
            Effect.suspend(() => {
              n = (n + 7) % customers
              return inventory.reserve({ orderId: `o-${n}`, lines, customer: { n } })
            })
          )
        )
        // Cut short after its first page, as by a process that ends.
        const columns = yield* columnsOf
        const senders = columns.find(({ column }) => column === senderColumn) as SecretColumn
        let pages = 0
        const cut: SecretColumn = {
          ...senders,
          read: (after, limit) =>
            Effect.suspend(() => (pages++ === 1 ? Effect.interrupt : senders.read(after, limit)))
        }
        const first = yield* Effect.exit(rotateColumn(ring, cut))
        expect([first._tag, pages]).toEqual(["Failure", 2])
        const rotated = yield* rotateAll
        const [ofCustomers, ...others] = rotated.toReversed()
        expect(others.map(({ column, rotated: count }) => [column, count])).toEqual([
          ["audit_private.ciphertext", records - 200],
          ["webhooks.previous_secret", 0],
          ["webhooks.secret", 3]
        ])
        // Those that were replaced meanwhile are under the new key already.
        expect(ofCustomers?.column).toBe("order_customers.ciphertext")
        expect(ofCustomers?.rotated).toBeGreaterThan(0)
        expect(rotated.flatMap(({ unreadable }) => unreadable)).toEqual([])
        yield* Fiber.interrupt(writing)
        yield* Fiber.interrupt(replacing)
        expect(n).toBeGreaterThan(0)
        while (reads < 20) yield* Effect.yieldNow
        yield* Fiber.interrupt(reading)
        expect(failed).toBe(0)
        expect(reads).toBeGreaterThanOrEqual(20)
        expect((yield* rotateAll).map(({ rotated: count }) => count)).toEqual([0, 0, 0, 0])
      }).pipe(Effect.provide(withRing(url, ringOf("b", "a", "b"))))
      expect(yield* keyIds).toEqual(["b"])
      expect(yield* failedReads.pipe(Effect.provide(withRing(url, ringOf("b", "b"))))).toBe(0)
    })
  )

  it.live("names a key that is lost, and goes on with the values of the others", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase({ version: 18 })
      yield* written(url)
      yield* Effect.gen(function* () {
        const rotated = yield* rotateAll
        expect(rotated.map(({ rotated: count }) => count)).toEqual([2, 0, 0, 0])
        expect(rotated[0]?.unreadable).toEqual([
          { count: 1, message: expect.stringContaining("no key a") }
        ])
        expect(rotated[2]?.unreadable).toEqual([
          { count: records, message: expect.stringContaining("no key a") }
        ])
        expect(rotated[3]?.unreadable).toEqual([
          { count: customers, message: expect.stringContaining("no key a") }
        ])
        const inventory = yield* Inventory
        expect(yield* Effect.flip(inventory.customer({ orderId: "o-1" }))).toMatchObject({
          ...{ _tag: "CustomerUnreadable", reason: "KEY_MISSING", keyId: "a" }
        })
        yield* inventory.reserve({ orderId: "o-2", lines, customer: { n: 2 } })
        expect(yield* inventory.customer({ orderId: "o-2" })).toMatchObject({ customer: { n: 2 } })
        const log = yield* InventoryLog
        const all = yield* log.webhooks.list
        expect(all).toHaveLength(3)
        const lost = all.find(({ url: one }) => one.includes("one"))
        const { management } = makeManagement(log)
        const renewed = yield* management.rotateSecret(lost?.webhookId ?? "", {
          secret: secretOf("n")
        })
        expect(Redacted.value(renewed.secret)).toBe(secretOf("n"))
      }).pipe(Effect.provide(withRing(url, ringOf("b", "b"))))
    })
  )
})
