/**
 * An `EventConsumer` over a Kafka client. It is a member of its group until something ends that; then
 * it is another one, for as long as it runs. Nothing is committed before it was handled, or was kept
 * as a dead letter.
 */
import type { ConsumerStatus, EventConsumer } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { adviceOfGroup, failureOf, isOfStart } from "./adviceOfGroup.ts"
import { showConsumer } from "./consumerMetrics.ts"
import { type MemberParts, membership } from "./membership.ts"
import type { PartitionLanes } from "./PartitionLanes.ts"

const pauseMillisMin = 200
const pauseMillisMax = 10_000
/** How often brokers that have just started may fail before it is worth a line in the log. */
const quietFailures = 5

/** Makes the consumer; nothing is read before it runs. */
export const makeConsumer = (parts: MemberParts): EventConsumer => {
  const { groupId, topics } = parts.settings
  let lanes: PartitionLanes | undefined
  let state: ConsumerStatus["state"] = "JOINING"
  let problem: string | null = null
  let logged: string | undefined
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
      logged = undefined
      failures = 0
    },
    deadLettered: Effect.sync(() => {
      deadLettered++
    })
  })

  const failed = Effect.fnUntraced(function* (error: unknown) {
    const failure = failureOf(error, parts.client)
    const words = adviceOfGroup(failure, { groupId, topics })
    state = "RETRYING"
    problem = words
    if (words !== logged && (failures >= quietFailures || !isOfStart(failure))) {
      logged = words
      const line = Effect.logWarning("messages are not consumed; trying again")
      yield* Effect.annotateLogs(line, { ...about, problem: words })
    }
    const share = yield* Random.nextBetween(0.5, 1)
    yield* Effect.sleep(share * Math.min(pauseMillisMin * 2 ** failures++, pauseMillisMax))
  })

  const current = (): ConsumerStatus => {
    const partitions = lanes?.partitions() ?? []
    const lags = partitions.map(({ lag }) => lag)
    const isKnown = state === "CONSUMING" && !lags.includes(null)
    const lag = isKnown ? lags.reduce<number>((sum, one) => sum + (one ?? 0), 0) : null
    return { state, problem, partitions, lag, deadLettered }
  }

  const run = Effect.andThen(
    showConsumer(groupId, current),
    Effect.forever(Effect.catch(joined, failed))
  )
  return { run: Effect.scoped(run), status: Effect.sync(current) }
}
