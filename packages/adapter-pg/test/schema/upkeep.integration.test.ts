/** Upkeep: what has served is forgotten, what has not is kept, and it goes on by itself. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { describe, expect, it, vi } from "@effect/vitest"
import { Inventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { layerUpkeep, upkeep } from "../../src/effect.ts"
import { databases, engineOver, until } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const run = (sql: string) =>
  Effect.flatMap(PgPool.PgPool, (pool) =>
    Effect.map(
      pool.use((session) => session.query(sql, [], false)),
      ({ rows }) => rows
    )
  )

const webhookId = "0199c0de-1111-7000-8000-000000000001"

const age = [
  `insert into inventory.receipts (caller, key, fingerprint, answer, created_at)
   select 'old', n::text, 'f', '[]', now() - interval '25 hours' from generate_series(1, 6000) n`,
  `insert into inventory.batches (id, created_at)
   select (lpad(to_hex((extract(epoch from made) * 1000)::int8), 12, '0')
     || substr(md5(n::text), 1, 20))::uuid, made
   from generate_series(1, 6000) n, (select now() - interval '61 minutes' as made) as past`,
  `insert into inventory.inbox (consumer, event_id, handled_at)
   select 'old', n::text, now() - interval '31 days' from generate_series(1, 6000) n`,
  `insert into inventory.inbox (consumer, event_id, handled_at)
   values ('new', '1', now() - interval '29 days')`,
  `insert into inventory.webhooks (webhook_id, url, status, secret, replays, version, made_of,
     created_at, updated_at)
   values ('${webhookId}', 'https://shop.example', 'ACTIVE', 's', 0, 1, 'm', now(), now())
   on conflict do nothing`,
  `insert into inventory.webhook_deliveries (webhook_id, position, event_id, event_type,
     aggregate_id, status, tries, first_tried_at, last_tried_at, duration_millis, replays)
   select '${webhookId}', n, md5(n::text)::uuid, 'a', 'a',
     case n when 1 then 'WAITING' else 'DELIVERED' end, 1, now(), now() - interval '31 days', 5, 0
   from generate_series(1, 6001) n on conflict do nothing`
]

const left = run(`select (select count(*)::int4 from inventory.receipts) as receipts,
  (select count(*)::int4 from inventory.batches) as batches,
  (select count(*)::int4 from inventory.inbox) as claims,
  (select count(*)::int4 from inventory.webhook_deliveries) as deliveries`)

const receive = Effect.flatMap(Inventory, (inventory) =>
  inventory.receive({ skuId: "a", quantity: 1 }, { idempotencyKey: "today" })
)

for (const [name, sessions] of databases) {
  describe(name, () => {
    it.live(
      "forgets receipts after a day, batches after an hour, claims and deliveries after 30 days, by chunks",
      () =>
        Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* inventory.registerSku({ skuId: "a", code: "A", name: "A" })
          const answer = yield* receive
          for (const statement of age) yield* run(statement)
          expect(yield* upkeep()).toEqual({
            receipts: 6_000,
            batches: 6_000,
            claims: 6_000,
            deliveries: 6_000,
            partitions: []
          })
          expect(yield* left).toEqual([{ receipts: 1, batches: 2, claims: 1, deliveries: 1 }])
          const nothing = { receipts: 0, batches: 0, claims: 0, deliveries: 0, partitions: [] }
          expect(yield* upkeep()).toEqual(nothing)
          expect(yield* receive).toEqual(answer)
        }).pipe(Effect.provide(engineOver(sessions)))
    )

    it.live("goes on for as long as its layer lives, also after a turn that failed", () =>
      Effect.gen(function* () {
        yield* run("alter table inventory.receipts rename to elsewhere")
        yield* Effect.gen(function* () {
          yield* run("alter table inventory.elsewhere rename to receipts")
          for (const statement of age) yield* run(statement)
          yield* until(Effect.map(left, ([row]) => row?.["receipts"] === 0 && row["batches"] === 0))
        }).pipe(Effect.provide(layerUpkeep({ interval: "10 millis" })))
      }).pipe(Effect.provide(engineOver(sessions)))
    )
  })
}
