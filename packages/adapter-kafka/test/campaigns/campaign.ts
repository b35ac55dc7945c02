/**
 * A relay moves events to Kafka while something is done to the brokers; then every topic is read
 * back. What the relay's cursor passed must all be there.
 */
import { makeMemoryEventLog } from "@holdfast/core/engine"
import {
  type AnyEvent,
  type EventPublisher,
  type KeptEvent,
  makeEventRelay
} from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { kafkaPublisher } from "../../src/index.ts"
import { eventBeforeLog } from "../kafka/events.ts"
import { freshName, readTopic } from "../kafka/readTopic.ts"

/** What a campaign found. */
export interface Findings {
  readonly name: string
  /** How many events the publisher acknowledged. */
  readonly produced: number
  /** How many messages the topic holds. */
  readonly readBack: number
  /** How many acknowledged events are not there. */
  readonly lost: number
  /** How many messages repeat an event. */
  readonly twice: number
  /** How many events stand behind a later one of their aggregate, repeats apart. */
  readonly outOfOrder: number
  /** How many times `publish` failed. */
  readonly failures: number
}

/** One line a campaign. */
export const lineOf = (it: Findings): string =>
  `${it.name}: ${it.produced} produced, ${it.readBack} read back, ${it.lost} lost, ` +
  `${it.twice} twice, ${it.outOfOrder} out of order; publish failed ${it.failures} times`

/** What a campaign is run with. */
export interface Campaign {
  readonly name: string
  /** The clients that publish side by side, each to a topic of its own. */
  readonly clients: ReadonlyArray<{
    readonly name: string
    readonly kafkaPublisher: typeof kafkaPublisher
  }>
  readonly brokers: ReadonlyArray<string>
  readonly replicas: number
  /** Does its worst; `moved(n)` waits until each client has moved so many more events. */
  readonly disturb: (moved: (events: number) => Promise<void>) => Promise<void>
}

const partitions = 6
const aggregates = 60
const page = 120
/** How far the log is kept ahead of what was acknowledged. */
const ahead = 3 * page

/** Counts what a publisher acknowledges, and tells when it has acknowledged so much. */
const counted = (publisher: EventPublisher) => {
  const acknowledged = new Set<string>()
  const waiting: Array<{ readonly count: number; readonly done: () => void }> = []
  let failures = 0
  const note = (ids: Iterable<string>) => {
    for (const id of ids) acknowledged.add(id)
    for (const one of waiting) if (acknowledged.size >= one.count) one.done()
  }
  const publish = (events: ReadonlyArray<KeptEvent>) =>
    publisher.publish(events).pipe(
      Effect.tap(() => Effect.sync(() => note(events.map(({ eventId }) => eventId)))),
      Effect.tapError((error) =>
        Effect.sync(() => {
          failures++
          note(error.acknowledged ?? [])
        })
      )
    )
  const moved = (events: number) =>
    new Promise<void>((done) => {
      waiting.push({ count: acknowledged.size + events, done })
    })
  return { acknowledged, failures: () => failures, moved, publisher: { publish } }
}

/** Compares what was acknowledged with what is there. */
const compare = (
  acknowledged: ReadonlySet<string>,
  read: ReadonlyArray<{ readonly key: string; readonly headers: Readonly<Record<string, string>> }>
) => {
  const seen = new Set<string>()
  const versions = new Map<string, number>()
  let twice = 0
  let outOfOrder = 0
  for (const { headers, key } of read) {
    const id = headers["eventId"] ?? ""
    if (seen.has(id)) {
      twice++
      continue
    }
    seen.add(id)
    const version = Number(headers["version"])
    if (version < (versions.get(key) ?? 0)) outOfOrder++
    versions.set(key, version)
  }
  const lost = [...acknowledged].filter((id) => !seen.has(id)).length
  return { lost, twice, outOfOrder }
}

/** A relay to a topic of its own; it moves events until it is finished. */
const startRelay = Effect.fnUntraced(function* (
  { brokers, name, replicas }: Campaign,
  client: Campaign["clients"][number]
) {
  const topicPrefix = freshName("campaign")
  const { acknowledged, failures, moved, publisher } = counted(
    yield* client.kafkaPublisher({
      brokers,
      topicPrefix,
      createTopics: { partitions, replicationFactor: replicas }
    })
  )
  const events: Array<AnyEvent> = []
  const { appended, log } = makeMemoryEventLog("inventory", events)
  let isGrowing = true
  const grow = () => {
    if (!isGrowing) return
    while (events.length < acknowledged.size + ahead)
      events.push(eventBeforeLog(events.length, aggregates, { n: events.length }))
    appended()
  }
  grow()
  const publish: EventPublisher["publish"] = (group) =>
    Effect.ensuring(publisher.publish(group), Effect.sync(grow))
  const options = { cursor: "kafka", owner: "campaign", eventsMax: page }
  const running = yield* Effect.forkScoped(makeEventRelay(log, { publish }, options).run)
  const finish = Effect.gen(function* () {
    isGrowing = false
    const open = events.length - acknowledged.size
    if (open > 0) yield* Effect.promise(() => moved(open))
    yield* Fiber.interrupt(running)
    const read = yield* Effect.promise(() => readTopic(brokers, `${topicPrefix}.inventory`))
    const findings: Findings = {
      name: `${client.name}, ${name}`,
      produced: acknowledged.size,
      readBack: read.length,
      failures: failures(),
      ...compare(acknowledged, read)
    }
    return findings
  })
  return { moved, finish }
})

/** Runs a campaign, and reads back what each client left. */
export const runCampaign = Effect.fnUntraced(function* (campaign: Campaign) {
  const relays = yield* Effect.forEach(campaign.clients, (client) => startRelay(campaign, client))
  const moved = async (events: number) => {
    await Promise.all(relays.map((relay) => relay.moved(events)))
  }
  yield* Effect.promise(() => campaign.disturb(moved))
  return yield* Effect.forEach(relays, ({ finish }) => finish)
}, Effect.scoped)
