/**
 * Longer campaigns, for a person who watches: `pnpm drill kafka`, with `--rounds 3`,
 * `--away 60` (seconds) and `--client kafkajs | platformatic`. It prints a line for each campaign
 * and client, and ends with 1 when anything was lost or out of order. `--unsafe` shows instead what
 * KafkaJS loses by itself.
 */
import { parseArgs } from "node:util"
import { scopedProxiedKafka, startKafka, whyNoKafka } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import { clients } from "../clients.ts"
import { type Campaign, type Findings, lineOf, runCampaign } from "./campaign.ts"
import { brokerAway, dyingBroker, movingLeaders, swallowedAnswers } from "./disturbances.ts"
import { unsafeLine } from "./unsafe.ts"

const { values } = parseArgs({
  // pnpm passes its own separator on.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    rounds: { type: "string", default: "3" },
    away: { type: "string", default: "60" },
    client: { type: "string" },
    unsafe: { type: "boolean", default: false }
  }
})
const rounds = Number(values.rounds)
const wanted = clients.filter(
  ({ name }) => values.client === undefined || name.toLowerCase().includes(values.client)
)

const server = (nodes: 1 | 3) =>
  Effect.acquireRelease(
    Effect.promise(() => startKafka({ nodes })),
    ({ stop }) => Effect.promise(stop)
  )

const findings: Array<Findings> = []

/** One client after another, so that a figure is of one client alone. */
const run = (campaign: Omit<Campaign, "clients">) =>
  Effect.forEach(wanted, (client) =>
    Effect.map(Effect.orDie(runCampaign({ ...campaign, clients: [client] })), (all) => {
      findings.push(...all)
      for (const one of all) console.log(lineOf(one))
    })
  )

const threeBrokers = Effect.gen(function* () {
  const three = yield* server(3)
  for (const by of ["SIGTERM", "kill -9"] as const) {
    yield* run({
      name: `moving leaders, ${by}, ${rounds} rounds`,
      brokers: three.brokers,
      replicas: 3,
      disturb: movingLeaders(three, by, rounds)
    })
  }
})

const oneBroker = Effect.gen(function* () {
  const proxied = yield* scopedProxiedKafka
  const awaySeconds = Number(values.away)
  const disturbances = {
    [`one broker killed ${rounds + 2} times`]: dyingBroker(proxied.server, rounds + 2),
    "swallowed answers": swallowedAnswers(proxied, rounds),
    [`broker away for ${awaySeconds} s`]: brokerAway(proxied, awaySeconds * 1_000)
  }
  for (const [name, disturb] of Object.entries(disturbances)) {
    yield* run({ name, brokers: proxied.brokers, replicas: 1, disturb })
  }
})

const unsafe = Effect.gen(function* () {
  const three = yield* server(3)
  console.log(yield* Effect.promise(() => unsafeLine(three, rounds)))
})

const reason = whyNoKafka()
if (reason !== undefined) throw new Error(reason)
await Effect.runPromise(
  Effect.scoped(values.unsafe ? unsafe : Effect.andThen(threeBrokers, oneBroker))
)
const isBad = findings.some(({ lost, outOfOrder }) => lost > 0 || outOfOrder > 0)
process.exit(isBad ? 1 : 0)
