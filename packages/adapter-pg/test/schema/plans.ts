/**
 * What a statement costs on tables with rows, as the server itself tells it: the generic plan that
 * the sessions run, executed, with the indexes it went through and the pages that it touched.
 */
import * as Effect from "effect/Effect"
import type { Param, Query } from "../../src/connection/Query.ts"
import { sessionSettings } from "../../src/connection/sessionSettings.ts"
import { type Connected, connectedTo } from "../engines.ts"

/** What the execution of one statement was seen to do. */
export interface Execution {
  readonly indexes: ReadonlyArray<string>
  readonly scanned: ReadonlyArray<string>
  /** Rows that were read and thrown away by a condition that no index knew. */
  readonly filtered: number
  readonly pages: number
  readonly millis: number
}

interface PlanNode {
  readonly "Node Type": string
  readonly "Index Name"?: string
  readonly "Relation Name"?: string
  readonly "Actual Loops"?: number
  readonly "Rows Removed by Filter"?: number
  readonly "Rows Removed by Join Filter"?: number
  readonly "Shared Hit Blocks"?: number
  readonly "Shared Read Blocks"?: number
  readonly Plans?: ReadonlyArray<PlanNode>
}

const quoted = (value: unknown): string => {
  if (value === null) return "null"
  if (value instanceof Date) return `'${value.toISOString()}'`
  return `'${String(value).replaceAll("'", "''")}'`
}

const literal = ({ type, value }: Param): string =>
  Array.isArray(value)
    ? `array[${value.map(quoted).join(", ")}]::${type}`
    : `${quoted(value)}::${type}`

const nodesOf = (node: PlanNode): ReadonlyArray<PlanNode> => [
  node,
  ...(node.Plans ?? []).flatMap(nodesOf)
]

const read = (result: {
  readonly Plan: PlanNode
  readonly "Execution Time": number
}): Execution => {
  const nodes = nodesOf(result.Plan)
  const sum = (value: (node: PlanNode) => number) =>
    nodes.reduce((total, node) => total + value(node), 0)
  return {
    // All parts of the plan, also those that were not executed this time.
    indexes: [...new Set(nodes.flatMap((node) => node["Index Name"] ?? []))],
    scanned: nodes
      .filter((node) => node["Node Type"].includes("Seq Scan"))
      .flatMap((node) => node["Relation Name"] ?? []),
    filtered: sum(
      (node) =>
        ((node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Join Filter"] ?? 0)) *
        (node["Actual Loops"] ?? 1)
    ),
    pages: (result.Plan["Shared Hit Blocks"] ?? 0) + (result.Plan["Shared Read Blocks"] ?? 0),
    millis: result["Execution Time"]
  }
}

let prepared = 0

/** Prepares a query as a session of the engine would, and gives the way to see it executed. */
const explaining = Effect.fnUntraced(function* (sql: Connected, query: Query) {
  const name = `seen_${++prepared}`
  const types = query.params.map(({ type }) => type).join(", ")
  yield* sql(`prepare ${name}${types === "" ? "" : `(${types})`} as ${query.sql}`)
  const args = query.params.length === 0 ? "" : `(${query.params.map(literal).join(", ")})`
  const rows = (format: string) =>
    sql(
      `explain (analyze, buffers, timing off, costs off, format ${format}) execute ${name}${args}`
    )
  return {
    execution: Effect.map(rows("json"), ([row = {}]) => {
      const [plan] = row["QUERY PLAN"] as [Parameters<typeof read>[0]]
      return read(plan)
    }),
    text: Effect.map(rows("text"), (lines) =>
      lines.map((line) => String(line["QUERY PLAN"])).join("\n")
    )
  }
})

/** Gives a plain connection the settings that shape the plans of the engine's sessions. */
const asEngine = (sql: Connected) =>
  Effect.forEach(
    Object.entries(sessionSettings).filter(([name]) => name !== "statement_timeout"),
    ([name, value]) => sql(`set ${name} = '${value}'`),
    { discard: true }
  )

/**
 * The rows of a shop that has been open for a while: 10,000 SKUs, 50,000 reservations, most of them
 * resolved, a hot SKU with 10,000 open holds, a SKU with 20,000 movements at one location, and the
 * ledger and the log of all these. A share of 0.002 is the shop on its first day.
 */
const rowsOfShop = (share: number): ReadonlyArray<string> => {
  const some = (count: number) => Math.max(10, count * share)
  const skus = some(10_000)
  return [
    `insert into inventory.skus (id, code, name, created_at)
   select 'sku-' || n, 'CODE-' || n, 'SKU ' || n, now() from generate_series(1, ${some(10_000)}) n`,
    `insert into inventory.inventory (sku_id, location_id, total_quantity, reserved_quantity,
     movement_sequence, version, last_updated)
   select 'sku-' || n, 'default', 100000, case n when 1 then 10000 else 1 end, 1, 1, now()
   from generate_series(1, ${some(10_000)}) n`,
    `insert into inventory.reservations (id, sku_id, location_id, order_id, quantity, status,
     expires_at, created_at, resolved_at)
   select md5('r' || n)::uuid, 'sku-' || (n % ${skus} + 1), 'default', 'order-' || n, 1, 'RELEASED',
     null, now() - interval '1 day', now() from generate_series(1, ${some(30_000)}) n`,
    `insert into inventory.reservations (id, sku_id, location_id, order_id, quantity, status,
     expires_at, created_at)
   select md5('o' || n)::uuid, 'sku-' || (n % ${skus} + 1), 'default', 'open-' || n, 1, 'PENDING',
     now() + interval '900 s' + n * interval '1 ms', now() from generate_series(1, ${some(10_000)}) n`,
    `insert into inventory.reservations (id, sku_id, location_id, order_id, quantity, status,
     expires_at, created_at)
   select md5('h' || n)::uuid, 'sku-1', 'default', 'hot-' || n, 1, 'PENDING',
     now() + interval '900 s' + n * interval '1 ms', now() - n * interval '1 ms'
   from generate_series(1, ${some(10_000)}) n`,
    `insert into inventory.reservations (id, sku_id, location_id, order_id, quantity,
     fulfilled_quantity, status, expires_at, created_at, resolved_at)
   select md5('t' || n)::uuid, 'sku-' || (n % ${skus} + 1), 'default', 'till', 1, n % 2,
     case when n % 2 = 1 then 'FULFILLED' else 'RELEASED' end, null,
     '2026-06-01T00:00:00Z'::timestamptz + (n - 5000) * interval '1 s', now()
   from generate_series(1, ${some(10_000)}) n`,
    `insert into inventory.reservations (id, sku_id, location_id, order_id, quantity, status,
     expires_at, created_at)
   select md5('u' || n)::uuid, 'sku-' || (n % ${skus} + 1), 'default', 'till', 1, 'PENDING',
     now() + interval '900 s', now() from generate_series(1, 10) n`,
    `update inventory.reservations set option_id = md5('option')::uuid, per_bundle = 1,
     bundle_id = case status when 'PENDING' then md5('u1')::uuid else id end
   where order_id = 'till'`,
    `insert into inventory.stock_movements (id, sku_id, location_id, sequence, type, quantity,
     balance_after, created_at, reference)
   select md5('m' || n)::uuid, 'sku-' || (n % ${skus} + 1), 'default', n / ${skus} + 1, 'RECEIPT', 1,
     1, now() - (50000 - n) * interval '1 s', case n % 2 when 0 then 'feed' end from generate_series(1, ${some(50_000)}) n`,
    `insert into inventory.events (position, event_id, event_type, aggregate_id, version, "timestamp",
     command_id, payload)
   select nextval('inventory.event_positions'), md5('e' || n)::uuid, 'inventory.stock.reserved',
     'sku-' || (n % (${skus} - 1) + 2), n / (${skus} - 1) + 1, now(), md5('c' || n)::uuid, '{}'
   from generate_series(1, ${some(50_000)}) n`,
    `insert into inventory.events (position, event_id, event_type, aggregate_id, version, "timestamp",
     command_id, payload, opens_run)
   select nextval('inventory.event_positions'), r.id, 'inventory.stock.reserved', r.sku_id, r.n,
     r.created_at, r.id, json_build_object('reservationId', r.id, 'orderId', r.order_id),
     r.n % 500 = 1
   from (select row_number() over (order by created_at) as n, * from inventory.reservations
     where order_id like 'hot-%' order by created_at) r`,
    `insert into inventory.events (position, event_id, event_type, aggregate_id, version, "timestamp",
     command_id, payload, opens_run)
   select nextval('inventory.event_positions'), md5('k' || n)::uuid,
     case when n % 1000 = 0 then 'inventory.stock.low' else 'inventory.stock.confirmed' end,
     'sku-1', 10000 + n, now(), md5('k' || n)::uuid,
     json_build_object('orderId', 'hot-' || n % ${some(10_000)}), n % 500 = 1
   from generate_series(1, ${some(20_000)}) n`,
    `insert into inventory.event_cursors (name, kind, position, epoch, updated_at)
   select 'relay-' || n, 'PUBLISHER', n, 1, now() from generate_series(1, 10) n
   on conflict do nothing`,
    `insert into inventory.dead_letters (cursor, position, event_id, cause, created_at)
   select 'relay-' || n % 10, n, md5('e' || n)::uuid, 'too large', now()
   from generate_series(1, ${some(20_000)}) n`,
    `insert into inventory.orders (order_id, version, status, short, placed_at, changed_at)
   select 'placed-' || n, 1, 'RESERVED', '[]', now(), now()
   from generate_series(1, ${some(20_000)}) n`,
    `insert into inventory.parked_order_events (event_id, order_id, event, happened_at, parked_at)
   select 'parked-' || n, 'placed-' || n % ${some(10_000)}, '{}', now(), now() - n * interval '1 s'
   from generate_series(1, ${some(20_000)}) n`,
    `insert into inventory.dead_order_events (event_id, order_id, event, happened_at, cause)
   select 'dead-' || n, 'placed-' || n, '{}', now(), 'too old'
   from generate_series(1, ${some(20_000)}) n`,
    `insert into inventory.webhooks (webhook_id, url, status, secret, replays, version, made_of,
     created_at, updated_at)
   select md5('w' || n)::uuid, 'https://shop.example', 'ACTIVE', 's', 0, 1, 'm', now(), now()
   from generate_series(1, 100) n on conflict do nothing`,
    `insert into inventory.webhook_deliveries (webhook_id, position, event_id, event_type,
     aggregate_id, status, tries, first_tried_at, last_tried_at, duration_millis, replays)
   select md5('w' || n % 100 + 1)::uuid, n, md5('e' || n)::uuid, 'inventory.stock.reserved', 'sku-1',
     case n % 1000 when 0 then 'FAILED' when 1 then 'WAITING' else 'DELIVERED' end, 1, now(), now(),
     5, 0 from generate_series(1, ${some(50_000)}) n on conflict do nothing`,
    `insert into inventory.audit (position, record, event_positions, created_at)
   select coalesce((select max(position) from inventory.audit), 0) + n, json_build_object('auditId', md5('a' || n)::uuid,
     'principal', json_build_object('kind', 'USER', 'id', 'person-' || n % 100),
     'operation', 'ReserveStock', 'commandId', md5('c' || n)::uuid,
     'targets', json_build_array('SKU:sku-' || n % ${skus})), array[n],
     now() - (${some(20_000)} - n) * interval '1 s' from generate_series(1, ${some(20_000)}) n`,
    "select setval('inventory.audit_positions', (select max(position) from inventory.audit))",
    `insert into inventory.audit_private (audit_id, salt, key_id, ciphertext)
   select md5('a' || n)::uuid, 's', 'key-' || n % 3, 'c' from generate_series(1, ${some(20_000)}) n
   on conflict do nothing`,
    `insert into inventory.order_customers (order_id, ciphertext, changed_at)
   select 'order-' || n, 'hf1:key-' || n % 3 || ':n:c', now() from generate_series(1, ${some(20_000)}) n
   on conflict do nothing`,
    `insert into inventory.audit_marks (mark, position)
   select m.mark, a.position from inventory.audit a cross join lateral (values
     ('principal:' || (a.record -> 'principal' ->> 'id')), ('operation:ReserveStock'),
     ('command:' || (a.record ->> 'commandId')), ('target:' || (a.record -> 'targets' ->> 0))
   ) as m(mark) on conflict do nothing`,
    `insert into inventory.seals (log, number, last_position, leaves, previous, digest, ended_at,
     sealed_at)
   select l.log, n, n * 10, '', '', '', now() - (${some(2_000)} - n) * interval '10 s', now()
   from generate_series(1, ${some(2_000)}) n, (values ('EVENTS'), ('AUDIT')) as l(log)
   on conflict do nothing`,
    `insert into inventory.key_usage (key_id, encryptions)
   select 'key-' || n, n from generate_series(1, 100) n on conflict do nothing`,
    `insert into inventory.imports (import_id, kind, fingerprint, source, run, records, created,
     updated, unchanged, failed, bytes_done, bytes_total, status, alive_at, created_at)
   select md5('i' || n)::uuid, 'products', 'f-' || n, 'products.csv', 1, 500, 500, 0, 0, 0, 1, 1,
     'FINISHED', now(), now() from generate_series(1, ${some(20_000)}) n on conflict do nothing`,
    `insert into inventory.import_problems (import_id, record, part, line, code, message)
   select md5('i' || n % ${some(1_000)} + 1)::uuid, n, 0, n, 'InvalidInput', 'must be there'
   from generate_series(1, ${some(20_000)}) n on conflict do nothing`,
    `insert into inventory.locations (id, name, priority, is_default, sellable, active, version)
   values ('east', 'East', 100, false, true, true, 1)`,
    `insert into inventory.events (position, event_id, event_type, aggregate_id, version, "timestamp",
     command_id, payload)
   select nextval('inventory.event_positions'), md5('p' || n)::uuid, 'inventory.location.updated',
     case when n % 100 = 0 then 'default' else 'east' end, n, now(), md5('p' || n)::uuid, '{}'
   from generate_series(1, ${some(300)}) n`,
    `insert into inventory.inventory (sku_id, location_id, total_quantity, last_updated)
   values ('sku-2', 'east', 20000, now())`,
    `insert into inventory.stock_movements (id, sku_id, location_id, sequence, type, quantity,
     balance_after, created_at)
   select md5('l' || n)::uuid, 'sku-2', 'east', n, 'RECEIPT', 1, n,
     now() - (20000 - n) * interval '1 s' from generate_series(1, ${some(20_000)}) n`,
    `update inventory.inventory set version = case sku_id when 'sku-1' then 30000 else 5 end`,
    `insert into inventory.receipts (caller, key, fingerprint, answer, created_at)
   select 'caller', 'key-' || n, 'f', '[]', now() from generate_series(1, ${some(20_000)}) n`,
    `insert into inventory.batches (id, created_at)
   select (lpad(to_hex((extract(epoch from now()) * 1000)::int8), 12, '0')
     || substr(md5(n::text), 1, 20))::uuid, now() from generate_series(1, ${some(20_000)}) n`
  ]
}

/** A statement, the indexes that it must use, and the most pages that it may touch. */
export type Planned = readonly [
  what: string,
  query: Query,
  indexes: ReadonlyArray<string>,
  pages: number
]

/** Tables of a page or two, and the tables of the server. */
const isSmall = /^(locations|migrations|missed_skus|stock_checks|event_positions|event_log|pg_.*)$/

/** The tables that statements are planned on. */
export interface PlannedTables {
  /** The statements that fill them, or a share of the rows. */
  readonly rows: (share: number) => ReadonlyArray<string>
  /** The statements that empty them. */
  readonly empty: ReadonlyArray<string>
}

/** The moments at which plans are made. */
export const moments = [
  "with the rows there",
  "while the tables were empty",
  "while the tables were empty and analysed",
  "on the first day"
] as const

/** Empties the tables without the server looking at the plans again, as TRUNCATE would have it do. */
const emptyTables: ReadonlyArray<string> = [
  // The ledger and the log refuse to lose rows.
  "set session_replication_role = replica",
  ...[
    "batches",
    "receipts",
    "events",
    "stock_movements",
    "reservations",
    "inventory",
    "skus",
    "orders",
    "parked_order_events",
    "dead_order_events"
  ].map((table) => `delete from inventory.${table}`),
  "delete from inventory.locations where id = 'east'",
  "set session_replication_role = origin",
  "select setval('inventory.event_positions', 1, false)"
]

const shopTables: PlannedTables = { rows: rowsOfShop, empty: emptyTables }

/**
 * Keeps the server from looking at the tables at times of its own: when it happens to do so while rows
 * come, it knows half of them, and a plan is another one.
 */
const withoutAutovacuum = `do $$ declare found regclass; begin
  for found in select oid::regclass from pg_class where relkind = 'r'
    and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast')
  loop execute format('alter table %s set (autovacuum_enabled = false)', found); end loop;
end $$`

/**
 * What is wrong with the plans of statements that are planned at one moment; "" if nothing. A
 * statement that a table may outgrow is seen only after its plan was made anew, as a session does
 * within 30 seconds.
 */
export const faultsOf = Effect.fnUntraced(function* (
  url: string,
  statements: ReadonlyArray<Planned>,
  made: (typeof moments)[number],
  isOutgrown: (what: string) => boolean,
  tables: PlannedTables = shopTables
) {
  const sql = yield* connectedTo(url)
  yield* asEngine(sql)
  // A session of its own: one that sets `session_replication_role` forgets its plans.
  const shop = yield* connectedTo(url)
  const run = (all: ReadonlyArray<string>) =>
    Effect.forEach(all, (statement) => shop(statement), { discard: true })
  yield* run([withoutAutovacuum])
  if (made === "with the rows there") yield* run([...tables.rows(1), "analyze"])
  if (made === "while the tables were empty and analysed") yield* run(["vacuum analyze"])
  if (made === "on the first day") yield* run([...tables.rows(0.002), "vacuum analyze"])
  const seen = yield* Effect.forEach(statements, ([what, query, indexes, pages]) =>
    Effect.map(explaining(sql, query), (seen) => ({ what, indexes, pages, ...seen }))
  )
  // A generic plan is made at the first execution, which is rolled back.
  yield* sql("begin")
  for (const { execution } of seen) {
    yield* sql("savepoint seen")
    yield* Effect.ignore(execution)
    yield* sql("rollback to savepoint seen")
  }
  yield* sql("rollback")
  if (made !== "with the rows there") yield* run([...tables.empty, ...tables.rows(1)])
  const faults: Array<string> = []
  const look = Effect.fnUntraced(function* (looked: typeof seen) {
    for (const { execution, indexes, pages, text, what } of looked) {
      yield* sql("begin")
      let found = yield* execution
      if (found.pages > pages) {
        // An index page that is full is cleaned by who comes, once: it reads many pages of its table.
        yield* sql("rollback")
        yield* sql("begin")
        found = yield* execution
      }
      const lost = indexes.filter((index) => !found.indexes.includes(index))
      const scanned = found.scanned.filter((table) => !isSmall.test(table))
      yield* sql("rollback")
      yield* sql("begin")
      if (lost.length > 0 || scanned.length > 0 || found.pages > pages) {
        faults.push(
          `${what}: lost ${lost.join(", ") || "nothing"}, scanned ${scanned.join(", ") || "nothing"}, ` +
            `touched ${found.pages} pages of ${pages}, threw ${found.filtered} rows away, ` +
            `took ${found.millis} ms\n${yield* text}`
        )
      }
      yield* sql("rollback")
    }
  })
  yield* look(seen.filter(({ what }) => !isOutgrown(what)))
  yield* sql("discard plans")
  yield* look(seen)
  return faults.join("\n\n")
})
