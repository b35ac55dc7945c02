/** A consumer in a process of its own: it tells its parent every message that it has handled. */
import * as Effect from "effect/Effect"
import { clients } from "../clients.ts"

const [entry, brokers = "", groupId = "", topic = ""] = process.argv.slice(2)

const client = clients.find((one) => one.entry === entry) ?? clients[0]

await Effect.runPromise(
  Effect.scoped(
    Effect.flatMap(
      client.kafkaConsumer({
        brokers: brokers.split(","),
        groupId,
        topics: [topic],
        from: "FIRST",
        sessionTimeoutMillis: 6_000,
        handle: ({ value }) =>
          Effect.promise(() => new Promise<void>((done) => process.send?.(value, () => done())))
      }),
      ({ run }) => run
    )
  )
)
