/**
 * A database after years: more SKUs, each with its opening movement, and reservations that have
 * long been resolved. Loaded by set-based SQL; the indexes of reservations, which is the largest
 * table, are dropped and built again, as a careful engineer would load it.
 */
import * as Effect from "effect/Effect"
import { runSql } from "../database.ts"
import { initialStock } from "../seed.ts"

/** How large. */
export interface LargeSize {
  readonly skus: number
  readonly reservations: number
}

/** SKUs from `sku-<first>` to `sku-<last>`, each with one level and the movement that opened it. */
const insertSkus = (first: number, last: number): ReadonlyArray<string> => [
  `insert into inventory.skus (id, code, name, created_at)
   select 'sku-' || n, 'sku-' || n, 'sku-' || n, now() from generate_series(${first}, ${last}) as n`,
  `insert into inventory.inventory (sku_id, location_id, total_quantity, movement_sequence, version,
     last_updated)
   select 'sku-' || n, 'default', ${initialStock}, 1, 2, now()
   from generate_series(${first}, ${last}) as n`,
  `insert into inventory.stock_movements (id, sku_id, location_id, sequence, type, quantity,
     balance_after, created_at)
   select uuidv7(), 'sku-' || n, 'default', 1, 'RECEIPT', ${initialStock}, ${initialStock}, now()
   from generate_series(${first}, ${last}) as n`
]

/** Rows of one statement: large enough to be quick, small enough to follow. */
const chunk = 1_000_000

/** Resolved reservations of the last year, each of a SKU drawn uniformly. */
const insertOld = (first: number, last: number, skus: number): string => `
insert into inventory.reservations (id, sku_id, location_id, order_id, quantity, fulfilled_quantity,
  status, expires_at, created_at, resolved_at)
select uuidv7(made_at - now()), 'sku-' || (1 + floor(random() * ${skus}))::int, 'default',
  'old-' || n, 1, case status when 'FULFILLED' then 1 else 0 end, status,
  case status when 'EXPIRED' then made_at + interval '15 minutes' end, made_at,
  made_at + interval '15 minutes'
from generate_series(${first}, ${last}) as n,
  lateral (select now() - interval '1 year' * (1 - n / ${last + 1}.0) as made_at,
    (array['FULFILLED', 'FULFILLED', 'RELEASED', 'EXPIRED'])[1 + n % 4] as status) as fate`

const chunksOf = (count: number): ReadonlyArray<readonly [number, number]> =>
  Array.from({ length: Math.ceil(count / chunk) }, (_, index) => [
    index * chunk + 1,
    Math.min(count, (index + 1) * chunk)
  ])

/** Makes a copy of the prepared database large. It calls `onStep` with the name of each step. */
export const makeLarge = Effect.fnUntraced(function* (
  url: string,
  knownSkus: number,
  size: LargeSize,
  onStep: (step: string) => void
) {
  const [indexes = []] = yield* runSql(
    url,
    `select indexname as name, indexdef as definition from pg_indexes
     where schemaname = 'inventory' and tablename = 'reservations'
       and indexname <> 'reservations_pkey'`
  )
  yield* runSql(url, ...indexes.map(({ name }) => `drop index inventory.${String(name)}`))
  onStep("SKUs")
  yield* runSql(url, ...insertSkus(knownSkus + 1, size.skus))
  for (const [first, last] of chunksOf(size.reservations)) {
    onStep(`old reservations, up to ${last}`)
    yield* runSql(url, insertOld(first, last, size.skus))
  }
  onStep("indexes")
  yield* runSql(url, ...indexes.map(({ definition }) => String(definition)))
  onStep("vacuum and checkpoint")
  yield* runSql(url, "vacuum analyze", "checkpoint")
})
