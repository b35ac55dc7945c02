/**
 * Events that are delivered one to five times, in whatever order a partition allows, through a
 * consumer on a real Kafka to a projection on a real PostgreSQL. `HOLDFAST_SHUFFLED` says how many
 * events: 2,000; `pnpm drill consume` takes 50,000. `HOLDFAST_SHUFFLED_SEED` gives other deliveries.
 */
import { expect, it } from "@effect/vitest"
import { sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { deliveriesOf } from "./deliveries.ts"
import { differences, lineOf, type Meeting, modelOf, project } from "./projecting.ts"

const events = Number(process.env["HOLDFAST_SHUFFLED"] ?? 2_000)
const seed = process.env["HOLDFAST_SHUFFLED_SEED"] ?? "shuffled"
const aggregateIds = 50

const run = Effect.fnUntraced(function* (count: number, meeting: Meeting) {
  const { brokers } = yield* Effect.promise(sharedKafka)
  const deliveries = deliveriesOf(count, aggregateIds, seed)
  const { deadLettered, lag, projection } = yield* project(brokers, deliveries, meeting)
  const model = modelOf(deliveries)
  const differing = differences(model, projection)
  console.log(lineOf(deliveries, `meets repeats by ${meeting}`, seed, differing.length))
  expect({ deadLettered, lag }).toEqual({ deadLettered: 0, lag: 0 })
  return { deliveries, differing, model, projection }
})

describePostgres(18, "a projection on PostgreSQL", () => {
  describeKafka(`of events that come 1 to 5 times, shuffled by the seed "${seed}"`, () => {
    it.live.each(["claims", "versions"] as const)(
      "equals the model, when it meets repeats by %s",
      (meeting) =>
        Effect.gen(function* () {
          const { deliveries, model, projection } = yield* run(events, meeting)
          expect(Object.fromEntries(projection)).toEqual(Object.fromEntries(model))
          const { delivered, late, repeated } = deliveries
          expect(delivered.length).toBe(events + repeated)
          // Two deliveries in three are repeats, and half of those come late; at least half of that.
          expect(repeated).toBeGreaterThan(events)
          expect(late).toBeGreaterThan(events / 2)
        }),
      120_000 + events * 20
    )

    it.live(
      "differs from the model, when it takes whatever comes",
      () =>
        Effect.gen(function* () {
          const { differing, model } = yield* run(500, "nothing")
          expect(differing.length).toBeGreaterThan(model.size / 2)
        }),
      120_000
    )
  })
})
