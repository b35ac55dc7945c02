/**
 * Redrive: dead letters go back to the topics that they came from, because what killed them has been
 * set right. A group of its own remembers which letters have gone back.
 */

import { InvalidInput } from "@holdfast/core/engine"
import { HandleError } from "@holdfast/core/events"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { FetchedMessage, Place, Standing } from "../clients/KafkaConsumerClient.ts"
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

/** What is redriven. */
export interface RedriveOptions extends KafkaConnectionOptions {
  /** The topic of dead letters, such as `holdfast.inventory.dlq`. */
  readonly topic: string
  /** The group that remembers which letters have gone back: the topic's name with `.redrive`. */
  readonly groupId?: string | undefined
}

/** What was redriven. */
export interface Redriven {
  /** How many letters went back to their topics. */
  readonly redriven: number
  /** How many messages were left where they are, because they do not say where they came from. */
  readonly left: number
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
    groupId: Schema.optional(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(255)))
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

/** Whether the group has reached in each partition what was its end. */
const hasReached = (ends: ReadonlyArray<Standing>, now: ReadonlyArray<Standing>): boolean => {
  const reached = new Map(now.map((it) => [placeOf(it), it.committed ?? it.first]))
  return ends.every((it) => (reached.get(placeOf(it)) ?? 0) >= it.end)
}

/** Publishes dead letters where they came from, over any client. */
export const redriveOver = Effect.fnUntraced(function* (
  clients: GroupClients,
  options: RedriveOptions
): Effect.fn.Return<Redriven, KafkaStartError | RedriveError> {
  const checked = read(options)
  if (Result.isFailure(checked)) return yield* invalidOptions(checked.failure)
  const { brokers, clientId = "holdfast", sasl, tls, topic } = options
  const groupId = options.groupId ?? `${topic}.redrive`
  const connection = { brokers, clientId, sasl, tls }
  const client = clients.writing(connection)
  const reader = clients.reading(connection)
  const topics = makeTopics(client, undefined)
  let redriven = 0
  let left = 0

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
      if (origin === undefined) {
        left++
        return
      }
      const partitions = yield* topics.partitionsOf(origin.topic)
      const partition =
        origin.partition < partitions
          ? origin.partition
          : partitionFor(letter.key, origin.partition, partitions)
      yield* lanes.send(origin.topic, partition, [aliveAgain(letter)])
      redriven++
    })

    /** The first letter that does not go back ends all; none is skipped. */
    const handle = (_: Place, letter: FetchedMessage) =>
      Effect.catch(sendBack(letter), ({ cause, code }): Effect.Effect<void, HandleError> => {
        const message = adviceOf(code, originOf(letter.headers)?.topic ?? topic, cause)
        Deferred.doneUnsafe(refused, Effect.fail(new RedriveError({ message, redriven, cause })))
        return Effect.fail(new HandleError({ message, isRetryable: true }))
      })

    yield* topics.partitionsOf(topic)
    const ends = yield* standings
    if (hasReached(ends, ends)) return
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
      until: (now) => hasReached(ends, now),
      schedule: Schedule.spaced(lookMillis)
    })
    yield* Effect.raceAllFirst([member, reached, Deferred.await(refused)])
  }).pipe(Effect.scoped)

  yield* Effect.mapError(work, (error) =>
    isOwn(error)
      ? error
      : new RedriveError({
          message: adviceOfGroup(failureOf(error, reader), { groupId, topics: [topic] }),
          redriven,
          cause: error
        })
  )
  return { redriven, left }
})
