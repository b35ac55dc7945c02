/**
 * Short campaigns of both clients: nothing that was acknowledged is lost. `pnpm drill kafka` runs
 * longer ones.
 */
import { expect, it } from "@effect/vitest"
import { scopedProxiedKafka, startKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { clients } from "../clients.ts"
import { type Campaign, lineOf, runCampaign } from "./campaign.ts"
import { brokerAway, dyingBroker, movingLeaders, swallowedAnswers } from "./disturbances.ts"

const server = (nodes: 1 | 3) =>
  Effect.acquireRelease(
    Effect.promise(() => startKafka({ nodes })),
    ({ stop }) => Effect.promise(stop)
  )

const losesNothing = (campaign: Omit<Campaign, "clients">) =>
  Effect.map(Effect.orDie(runCampaign({ ...campaign, clients })), (all) => {
    for (const findings of all) {
      console.log(lineOf(findings))
      expect(findings).toMatchObject({ lost: 0, outOfOrder: 0 })
      expect(findings.readBack).toBe(findings.produced + findings.twice)
      expect(findings.produced).toBeGreaterThan(1_000)
    }
    expect(all.length).toBe(clients.length)
  })

describeKafka("three brokers", () => {
  it.live(
    "lose nothing while they are ended one after another",
    () =>
      Effect.gen(function* () {
        const three = yield* server(3)
        for (const by of ["SIGTERM", "kill -9"] as const) {
          yield* losesNothing({
            name: `moving leaders, ${by}`,
            brokers: three.brokers,
            replicas: 3,
            disturb: movingLeaders(three, by, 1)
          })
        }
      }),
    240_000
  )
})

describeKafka("one broker", () => {
  it.live(
    "loses nothing while it is killed and started again, or away, or its answers are swallowed",
    () =>
      Effect.gen(function* () {
        const proxied = yield* scopedProxiedKafka
        const where = { brokers: proxied.brokers, replicas: 1 }
        const disturbances = {
          "one broker killed": dyingBroker(proxied.server, 1),
          "swallowed answers": swallowedAnswers(proxied, 1),
          "broker away": brokerAway(proxied, 500)
        }
        for (const [name, disturb] of Object.entries(disturbances)) {
          yield* losesNothing({ name, ...where, disturb })
        }
      }),
    120_000
  )
})
