/**
 * A projection on PostgreSQL that a consumer keeps of what is delivered on Kafka, and what it should
 * hold. A balance that takes a repeat, or leaves out an event, is wrong for ever; a digest depends on
 * the order too.
 */
import { claimEvent, createInventory } from "@holdfast/adapter-pg"
import { type ConsumedMessage, HandleError } from "@holdfast/core/events"
import { freshDatabase } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import pg from "pg"
import { messageOf } from "../../src/messages/messageOf.ts"
import { partitionOf } from "../../src/messages/murmur2.ts"
import { clients } from "../clients.ts"
import {
  freshTopic,
  lagOf,
  produce,
  Seen,
  startConsumer,
  statusWhen
} from "../consuming/consuming.ts"
import { aggregateOf, type Deliveries, type LedgerEvent } from "./deliveries.ts"

/**
 * How the projection meets repeats: it claims each event in the inbox, it drops versions that it has
 * seen, or it takes whatever comes, which must give a wrong result.
 */
export type Meeting = "claims" | "versions" | "nothing"

/** What a projection holds of an aggregate. */
export interface Projected {
  readonly version: number
  readonly events: number
  readonly balance: number
  readonly digest: number
}

/** By the name of the aggregate. */
export type Projection = ReadonlyMap<string, Projected>

const partitions = 6
const factor = 31
const modulus = 1_000_000_007

const table = `
  create table projection (
    aggregate_type text, aggregate_id text,
    version int not null, events int not null, balance int not null, digest bigint not null,
    primary key (aggregate_type, aggregate_id)
  )`

const apply = (where: string) => `
  insert into projection as it values ($1, $2, $3, 1, $4::int, $4::int)
  on conflict (aggregate_type, aggregate_id) do update
  set version = excluded.version,
      events = it.events + 1,
      balance = it.balance + excluded.balance,
      digest = (it.digest * ${factor} + excluded.digest) % ${modulus}
  ${where}`

const statements = {
  claims: apply(""),
  versions: apply("where it.version < excluded.version"),
  nothing: apply("")
}

/** What an envelope says that a projection needs. */
type Envelope = Pick<LedgerEvent, "eventId" | "aggregateType" | "aggregateId" | "version"> & {
  readonly payload: { readonly delta: number }
}

/** Handles a message in one transaction. */
const handling = async (pool: pg.Pool, meeting: Meeting, { value }: ConsumedMessage) => {
  const { aggregateId, aggregateType, eventId, payload, version } = JSON.parse(
    value ?? ""
  ) as Envelope
  const client = await pool.connect()
  try {
    await client.query("begin")
    const isFirst = meeting !== "claims" || (await claimEvent(client, "projection", eventId))
    if (isFirst) {
      const values = [aggregateType, aggregateId, version, payload.delta]
      await client.query({ name: meeting, text: statements[meeting], values })
    }
    await client.query("commit")
  } catch (error) {
    await client.query("rollback")
    throw error
  } finally {
    client.release()
  }
}

/** A database with the tables of Holdfast and the projection, until the scope closes. */
const scopedPool = Effect.acquireRelease(
  Effect.promise(async () => {
    const { drop, url } = await freshDatabase()
    const inventory = await createInventory({ url, sweepIntervalMillis: false, upkeep: false })
    await inventory.close()
    const pool = new pg.Pool({ connectionString: url, max: partitions })
    pool.on("error", () => undefined)
    await pool.query(table)
    return { pool, drop }
  }),
  ({ drop, pool }) => Effect.promise(() => pool.end().then(drop))
)

const read = async (pool: pg.Pool): Promise<Projection> => {
  const { rows } = await pool.query(
    "select aggregate_type, aggregate_id, version, events, balance, digest from projection"
  )
  return new Map(
    rows.map(({ aggregate_id, aggregate_type, balance, digest, events, version }) => [
      aggregateOf({ aggregateId: aggregate_id, aggregateType: aggregate_type }),
      { version, events, balance, digest: Number(digest) }
    ])
  )
}

/** Delivers by a topic of its own, and answers with what the projection holds when all is handled. */
export const project = Effect.fnUntraced(function* (
  brokers: ReadonlyArray<string>,
  { delivered }: Deliveries,
  meeting: Meeting
) {
  const { pool } = yield* scopedPool
  const topic = yield* Effect.promise(() => freshTopic(brokers, partitions))
  const messages = delivered.map((event) => {
    const { headers, key, value } = messageOf(event)
    return { partition: partitionOf(key, partitions), key, value, headers }
  })
  yield* Effect.promise(() => produce(brokers, topic, messages))
  const places = new Set<string>()
  const failures: Array<unknown> = []
  const seen = new Seen()
  const consumer = yield* startConsumer(clients[0], {
    brokers,
    groupId: topic,
    topics: [topic],
    from: "FIRST",
    handle: (message) =>
      Effect.tryPromise({
        try: () => handling(pool, meeting, message),
        // Nothing is wrong with the database, so that a failure is one of the campaign itself.
        catch: (cause) => {
          failures.push(cause)
          return new HandleError({ message: String(cause), isRetryable: false, cause })
        }
      }).pipe(
        Effect.tap(() => Effect.sync(() => places.add(`${message.partition}/${message.offset}`))),
        Effect.ensuring(Effect.sync(() => seen.check()))
      )
  })
  yield* seen.until(() => places.size === delivered.length || failures.length > 0)
  if (failures.length > 0) throw failures[0]
  const { deadLettered } = yield* statusWhen(consumer, ({ lag }) => lag === 0)
  yield* consumer.stop
  const lag = yield* Effect.promise(() => lagOf(brokers, topic, topic))
  const projection = yield* Effect.promise(() => read(pool))
  return { projection, deadLettered, lag }
}, Effect.scoped)

/** What the events add up to, each once and in its order; no delivery is looked at. */
export const modelOf = ({ events }: Deliveries): Projection =>
  new Map(
    Array.from(Map.groupBy(events, aggregateOf), ([name, own]) => {
      let power = 1n
      let digest = 0n
      for (const { delta } of own.toReversed()) {
        digest += BigInt(delta) * power
        power = (power * BigInt(factor)) % BigInt(modulus)
      }
      const balance = own.reduce((sum, { delta }) => sum + delta, 0)
      const it: Projected = {
        version: own.length,
        events: own.length,
        balance,
        digest: Number(digest % BigInt(modulus))
      }
      return [name, it] as const
    })
  )

/** The names of the aggregates of which a projection holds something else than it should. */
export const differences = (model: Projection, found: Projection): ReadonlyArray<string> =>
  [...new Set([...model.keys(), ...found.keys()])].filter(
    (name) => JSON.stringify(model.get(name)) !== JSON.stringify(found.get(name))
  )

/** One line about a run. */
export const lineOf = (
  { delivered, events, late, repeated }: Deliveries,
  how: string,
  seed: string,
  differing: number
): string =>
  `shuffled, ${how}: ${events.length} events in ${delivered.length} deliveries of the seed ` +
  `"${seed}", ${repeated} repeated, ${late} of them after a later event of their aggregate; ` +
  `${differing} aggregates differ from the model`
