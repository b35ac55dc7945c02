/**
 * A server that publishes to Kafka while its broker is away and writes go on: who writes must not
 * notice, and every event must be on the topic in the end.
 */
import { setTimeout as pause } from "node:timers/promises"
import { freshDatabase, type ProxiedKafka, runOn, scopedProxiedKafka } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import { eventually } from "../../eventually.ts"
import { get, registerSku } from "../../requests.ts"
import { startServer } from "../../ServerProcess.ts"
import { type LoadReport, startSteadyLoad } from "../rolling/steadyLoad.ts"
import { followTopic } from "../topics.ts"

/** How a campaign runs. */
export interface AwayOptions {
  readonly client: "kafkajs" | "platformatic"
  readonly awaySeconds: number
  readonly writesPerSecond: number
}

/** What a campaign found. The requests of the load are all writes. */
export interface AwayReport extends LoadReport {
  /** How many events the log has. */
  readonly produced: number
  /** How many messages the topic has. */
  readonly readBack: number
  /** How many events of the log are not on the topic. */
  readonly lost: number
  /** How many messages repeat an event. */
  readonly twice: number
  /** How many events came first behind a later one of their aggregate. */
  readonly outOfOrder: number
  /** How many events waited when the broker came back. */
  readonly backlog: number
  /** How long it took then until they were published, while writes went on. */
  readonly drainedMillis: number
  readonly readyAsked: number
  readonly readyRefused: number
}

const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)

const readyPauseMillis = 100

/** Asks again and again whether the server is ready. */
const watchReady = (url: string) => {
  let asked = 0
  let refused = 0
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const { status } = await get(url, "/health/ready")
      asked++
      if (status !== 200) refused++
      await pause(readyPauseMillis)
    }
  })()
  return async () => {
    isOver = true
    await watching
    return { readyAsked: asked, readyRefused: refused }
  }
}

/** The cursor and the log, as the database has them. */
const logOf = (url: string) => {
  const number = async (sql: string) => Number((await runOn(url, sql))[0]?.["n"])
  const cursor = "coalesce((select position from inventory.event_cursors where name = 'kafka'), 0)"
  return {
    head: () => number("select coalesce(max(position), 0) as n from inventory.events"),
    waiting: () => number(`select count(*) as n from inventory.events where position > ${cursor}`),
    passed: async (position: number) =>
      (await number(`select ${cursor} as n`)) >= position ? true : undefined,
    eventIds: async () =>
      (await runOn(url, "select event_id from inventory.events")).map((row) =>
        String(row["event_id"])
      )
  }
}

/** Compares the log with the topic. */
const compare = async (
  brokers: ReadonlyArray<string>,
  topic: string,
  eventIds: ReadonlyArray<string>
) => {
  await using following = await followTopic(brokers, topic)
  const { received } = following
  const found = () => new Set(received.map(({ eventId }) => eventId))
  // Who waits in vain has found a loss.
  const isThere = async () =>
    received.length >= eventIds.length && found().size >= eventIds.length ? true : undefined
  await eventually(isThere).catch(() => undefined)
  const seen = found()
  const newest = new Map<string, number>()
  const first = new Set<string>()
  let outOfOrder = 0
  for (const { aggregateId, eventId, version } of received) {
    if (first.has(eventId)) continue
    first.add(eventId)
    if (version < (newest.get(aggregateId) ?? 0)) outOfOrder++
    newest.set(aggregateId, version)
  }
  return {
    produced: eventIds.length,
    readBack: received.length,
    lost: eventIds.filter((id) => !seen.has(id)).length,
    twice: received.length - seen.size,
    outOfOrder
  }
}

const run = async (
  { brokers, proxy }: ProxiedKafka,
  { awaySeconds, client, writesPerSecond }: AwayOptions
): Promise<AwayReport> => {
  const prefix = `away-${client}`
  const database = await freshDatabase()
  try {
    await using server = await startServer(
      [
        ...["--kafka", brokers.join(","), "--kafka-client", client],
        ...["--kafka-topic-prefix", prefix, "--kafka-create-topics", "--kafka-partitions", "3"]
      ],
      { env: { HOLDFAST_DATABASE: database.url } }
    )
    const log = logOf(database.url)
    for (const skuId of skuIds) await registerSku(server.url, skuId, 1_000_000)
    await eventually(async () => log.passed(await log.head()))
    const readiness = watchReady(server.url)
    const load = startSteadyLoad(server.url, writesPerSecond, skuIds, "ALL")
    await pause(1_000)
    await proxy.behave({ kind: "refuse" })
    await pause(awaySeconds * 1_000)
    const head = await log.head()
    const backlog = await log.waiting()
    await proxy.behave({ kind: "pass" })
    const backAt = performance.now()
    await eventually(() => log.passed(head))
    const drainedMillis = Math.round(performance.now() - backAt)
    const report = await load.stop()
    const ready = await readiness()
    const last = await log.head()
    await eventually(() => log.passed(last))
    const found = await compare(brokers, `${prefix}.inventory`, await log.eventIds())
    return { ...report, ...ready, ...found, backlog, drainedMillis }
  } finally {
    await database.drop()
  }
}

/** Runs a campaign on a broker of its own. */
export const brokerAway = (options: AwayOptions): Promise<AwayReport> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(scopedProxiedKafka, (proxied) => Effect.promise(() => run(proxied, options)))
    )
  )

/** One line a campaign. */
export const lineOf = ({ awaySeconds, client, writesPerSecond }: AwayOptions, it: AwayReport) => {
  const failed = [...it.failures.values()].reduce((sum, count) => sum + count, 0)
  return (
    `${client}, broker away for ${awaySeconds} s, ${writesPerSecond} writes a second: ` +
    `${it.requests} writes, ${failed} failed, the slowest ${it.slowestMillis} ms; ` +
    `asked ${it.readyAsked} times, ${it.readyRefused} times not ready; ${it.backlog} events waited, ` +
    `${(it.drainedMillis / 1_000).toFixed(1)} s until they were published; ${it.produced} produced, ` +
    `${it.readBack} read back, ${it.lost} lost, ${it.twice} twice, ${it.outOfOrder} out of order`
  )
}
