/**
 * Redrive: dead letters go back to the topics that they came from, because what killed them has been
 * set right. A group of its own remembers which letters have gone back.
 */

import { InvalidInput } from "@holdfast/core/engine"
import { HandleError } from "@holdfast/core/events"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type {
  FetchedMessage,
  KafkaConsumerClient,
  Place,
  Standing
} from "../clients/KafkaConsumerClient.ts"
import type { KafkaConnectionOptions } from "../options/KafkaOptions.ts"
import type { KafkaStartError } from "../options/KafkaStartError.ts"
import { connectionFields, invalidOptions, named } from "../options/readKafkaOptions.ts"
import { adviceOf } from "../publishing/failures.ts"
import { makeLanes } from "../publishing/Lanes.ts"
import { makeTopics } from "../publishing/Topics.ts"
import { adviceOfGroup, failureOf } from "./adviceOfGroup.ts"
import { deadLetterHeaders, originOf, partitionFor } from "./deadLetters.ts"
import { membership } from "./membership.ts"
import type { GroupClients } from "./openConsumer.ts"
import { callable } from "./readConsumerOptions.ts"

/** What is redriven. */
export interface RedriveOptions extends KafkaConnectionOptions {
  /** The topic of dead letters, such as `holdfast.inventory.dlq`. */
  readonly topic: string
  /** The group that remembers which letters have gone back: the topic's name with `.redrive`. */
  readonly groupId?: string | undefined
  /**
   * Whether it only says what would go back: false. Then nothing is published, and the group
   * remembers nothing. It reads the topic as a member of the group, so that a redrive that runs
   * beside it waits for it.
   */
  readonly isDryRun?: boolean | undefined
  /** Is called after every letter. */
  readonly onProgress?: ((progress: RedriveProgress) => void) | undefined
}

/** What was redriven, or would be. */
export interface Redriven {
  /** How many letters went back to their topics. */
  readonly redriven: number
  /** How many messages were left where they are, because they do not say where they came from. */
  readonly left: number
  /** How many letters went back to each topic, by its name. */
  readonly topics: Readonly<Record<string, number>>
}

/** How far a redrive is. */
export interface RedriveProgress extends Omit<Redriven, "topics"> {
  /** How many messages it looks at, or a few more: offsets may have gaps. */
  readonly total: number
}

/** Letters that could not go back, or not all of them. Those that have gone will not go again. */
export class RedriveError extends Data.TaggedError("RedriveError")<{
  readonly message: string
  readonly redriven: number
  readonly cause?: unknown
}> {}

const isOwn = (error: unknown): error is RedriveError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "RedriveError"

const read = InvalidInput.reader(
  Schema.Struct({
    ...connectionFields,
    topic: named(249),
    groupId: Schema.optional(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(255))),
    isDryRun: Schema.optional(Schema.Boolean),
    onProgress: Schema.optional(callable)
  })
)

const sendTimeoutMillis = 30_000
const sessionTimeoutMillis = 30_000
const lookMillis = 250

const ownHeaders = new Set<string>(Object.values(deadLetterHeaders))

/** The message as it was before it died. */
const aliveAgain = ({ headers, key, value }: FetchedMessage) => ({
  key,
  value,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)))
})

const placeOf = ({ partition, topic }: Place) => `${topic}/${partition}`

/** A topic is missing for good: nothing that a redrive is given makes it. */
const adviceFor = (code: string | undefined, topic: string, right: string, other: () => string) =>
  code === "UNKNOWN_TOPIC_OR_PARTITION"
    ? `there is no topic ${topic}, or the user may not see it: make it, or grant the user DESCRIBE ` +
      `and ${right} on it (${code})`
    : other()

/** A client whose members commit nothing; where they stand, they remember themselves. */
const withoutCommits = (client: KafkaConsumerClient): KafkaConsumerClient => {
  const reached = new Map<string, number>()
  return {
    codeOf: client.codeOf,
    newMember: (options, events) => ({
      ...client.newMember(options, events),
      commit: async (offsets) => {
        for (const one of offsets) reached.set(placeOf(one), one.offset)
      }
    }),
    standings: async (groupId, topics) =>
      (await client.standings(groupId, topics)).map((it) => {
        const at = Math.max(reached.get(placeOf(it)) ?? -1, it.committed ?? -1)
        return { ...it, committed: at < 0 ? null : at }
      })
  }
}

/** How many messages the group has not passed. */
const waiting = (standings: ReadonlyArray<Standing>): number =>
  standings.reduce(
    (sum, { committed, end, first }) => sum + Math.max(0, end - Math.max(committed ?? 0, first)),
    0
  )

/** Whether the group has reached in each partition what was its end. */
const hasReached = (ends: ReadonlyArray<Standing>, now: ReadonlyArray<Standing>): boolean => {
  const reached = new Map(now.map((it) => [placeOf(it), it.committed ?? it.first]))
  return ends.every((it) => (reached.get(placeOf(it)) ?? 0) >= it.end)
}

/** Counts letters, and says after each how far the work is. */
const makeCounts = (onProgress: RedriveOptions["onProgress"]) => {
  const topics = new Map<string, number>()
  let redriven = 0
  let left = 0
  let total = 0
  const say = () => onProgress?.({ redriven, left, total: Math.max(total, redriven + left) })
  return {
    expect: (count: number) => {
      total = count
    },
    leftOne: () => {
      left++
      say()
    },
    sentOne: (topic: string) => {
      redriven++
      topics.set(topic, (topics.get(topic) ?? 0) + 1)
      say()
    },
    all: (): Redriven => {
      const names = [...topics].sort(([one], [other]) => (one < other ? -1 : 1))
      return { redriven, left, topics: Object.fromEntries(names) }
    }
  }
}

/** Publishes dead letters where they came from, over any client. */
export const redriveOver = Effect.fnUntraced(function* (
  clients: GroupClients,
  options: RedriveOptions
): Effect.fn.Return<Redriven, KafkaStartError | RedriveError> {
  const checked = read(options)
  if (Result.isFailure(checked)) return yield* invalidOptions(checked.failure)
  const { brokers, clientId = "holdfast", isDryRun = false, sasl, tls, topic } = options
  const groupId = options.groupId ?? `${topic}.redrive`
  const connection = { brokers, clientId, sasl, tls }
  const client = clients.writing(connection)
  const members = clients.reading(connection)
  const reader = isDryRun ? withoutCommits(members) : members
  const topics = makeTopics(client, undefined)
  const counts = makeCounts(options.onProgress)

  const standings = Effect.tryPromise({
    try: () => reader.standings(groupId, [topic]),
    catch: (cause) => cause
  })

  const work = Effect.gen(function* () {
    const lanes = makeLanes(client, sendTimeoutMillis)
    yield* Effect.addFinalizer(() => lanes.close)
    const refused = Deferred.makeUnsafe<never, RedriveError>()

    const sendBack = Effect.fnUntraced(function* (letter: FetchedMessage) {
      const origin = originOf(letter.headers)
      if (origin === undefined) return counts.leftOne()
      const partitions = yield* topics.partitionsOf(origin.topic)
      const partition =
        origin.partition < partitions
          ? origin.partition
          : partitionFor(letter.key, origin.partition, partitions)
      if (!isDryRun) yield* lanes.send(origin.topic, partition, [aliveAgain(letter)])
      counts.sentOne(origin.topic)
    })

    const ends = (exit: Exit.Exit<never, RedriveError>, message: string) => {
      Deferred.doneUnsafe(refused, exit)
      return Effect.fail(new HandleError({ message, isRetryable: true }))
    }

    /** The first letter that does not go back ends all; none is skipped. */
    const handle = (_: Place, letter: FetchedMessage) =>
      sendBack(letter).pipe(
        Effect.catch(({ cause, code }) => {
          const to = originOf(letter.headers)?.topic ?? topic
          const message = adviceFor(code, to, "WRITE", () => adviceOf(code, to, cause))
          const { redriven } = counts.all()
          return ends(Exit.fail(new RedriveError({ message, redriven, cause })), message)
        }),
        // Else a progress that throws would send its letter again and again.
        Effect.catchDefect((defect) => ends(Exit.die(defect), String(defect)))
      )

    yield* topics.partitionsOf(topic)
    const before = yield* standings
    if (hasReached(before, before)) return
    counts.expect(waiting(before))
    const member = membership(
      {
        client: reader,
        topics,
        settings: {
          groupId,
          topics: [topic],
          from: "FIRST",
          deadLetterTopics: new Map(),
          newTopics: undefined,
          sessionTimeoutMillis
        },
        handling: {
          handle,
          handleTimeoutMillis: 2 * sendTimeoutMillis,
          triesMax: Number.POSITIVE_INFINITY,
          deadLetters: { write: () => Effect.never },
          adviceOf: ({ code }) => String(code)
        }
      },
      { lanes: () => undefined, assigned: () => undefined, deadLettered: Effect.void }
    )
    const reached = Effect.repeat(standings, {
      until: (now) => hasReached(before, now),
      schedule: Schedule.spaced(lookMillis)
    })
    yield* Effect.raceAllFirst([member, reached, Deferred.await(refused)])
  }).pipe(Effect.scoped)

  yield* Effect.mapError(work, (error) => {
    if (isOwn(error)) return error
    const failure = failureOf(error, reader)
    const advice = () => adviceOfGroup(failure, { groupId, topics: [topic] })
    const message = adviceFor(failure.code, topic, "READ", advice)
    return new RedriveError({ message, redriven: counts.all().redriven, cause: error })
  })
  return counts.all()
})
