/**
 * An `EventConsumer` over a Kafka client. It is a member of its group until something ends that; then
 * it is another one, for as long as it runs. Nothing is committed before it was handled, or was kept
 * as a dead letter.
 */
import type { ConsumerStatus, EventConsumer } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { SendFailure } from "../publishing/Lanes.ts"
import { adviceOfGroup } from "./adviceOfGroup.ts"
import { type MemberParts, membership } from "./membership.ts"
import type { PartitionLanes } from "./PartitionLanes.ts"

/** What a consumer is made of; `codeOf` is as the client gives it. */
export interface ConsumerParts extends MemberParts {
  readonly codeOf: (error: unknown) => string | undefined
}

const pauseMillisMin = 200
const pauseMillisMax = 10_000

const isSendFailure = (error: unknown): error is SendFailure =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "SendFailure"

/** Makes the consumer; nothing is read before it runs. */
export const makeConsumer = ({ codeOf, ...parts }: ConsumerParts): EventConsumer => {
  const { groupId, topics } = parts.settings
  let lanes: PartitionLanes | undefined
  let state: ConsumerStatus["state"] = "JOINING"
  let problem: string | null = null
  let failures = 0
  let deadLettered = 0

  const about = { group: groupId, topics: topics.join(",") }

  const joined = membership(parts, {
    lanes: (some) => {
      lanes = some
    },
    assigned: () => {
      state = "CONSUMING"
      problem = null
      failures = 0
    },
    deadLettered: Effect.sync(() => {
      deadLettered++
    })
  })

  const wordsOf = (error: unknown): string => {
    const of = isSendFailure(error) ? error : { cause: error, code: codeOf(error) }
    return adviceOfGroup(of.code, groupId, topics, of.cause)
  }

  const failed = Effect.fnUntraced(function* (error: unknown) {
    const words = wordsOf(error)
    const isNew = words !== problem
    state = "RETRYING"
    problem = words
    if (isNew) {
      const line = Effect.logWarning("messages are not consumed; trying again")
      yield* Effect.annotateLogs(line, { ...about, problem: words })
    }
    const share = yield* Random.nextBetween(0.5, 1)
    yield* Effect.sleep(share * Math.min(pauseMillisMin * 2 ** failures++, pauseMillisMax))
  })

  const status: EventConsumer["status"] = Effect.sync(() => {
    const partitions = lanes?.partitions() ?? []
    const lags = partitions.map(({ lag }) => lag)
    const isKnown = state === "CONSUMING" && !lags.includes(null)
    const lag = isKnown ? lags.reduce<number>((sum, one) => sum + (one ?? 0), 0) : null
    return { state, problem, partitions, lag, deadLettered }
  })

  return { run: Effect.forever(Effect.catch(joined, failed)), status }
}
