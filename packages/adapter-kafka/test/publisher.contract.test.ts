/** The contract of publishers over a real broker, with both clients. */
import { publisherContract } from "@holdfast/core/testing"
import { scopedProxiedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { clients } from "./clients.ts"
import { freshName, readTopic } from "./kafka/readTopic.ts"

for (const { kafkaPublisher, name } of clients) {
  describeKafka(name, () => {
    publisherContract(
      name,
      Effect.map(scopedProxiedKafka, ({ brokers, proxy }) => ({
        open: Effect.gen(function* () {
          const topicPrefix = freshName("contract")
          const publisher = yield* Effect.orDie(
            kafkaPublisher({
              brokers,
              topicPrefix,
              createTopics: { partitions: 4 },
              sendTimeoutMillis: 5_000
            })
          )
          const published = Effect.promise(async () => {
            const messages = await readTopic(brokers, `${topicPrefix}.inventory`)
            return messages.map(({ headers, key, value }) => ({
              eventId: headers["eventId"] ?? "",
              aggregateId: key,
              json: value
            }))
          })
          const setAway = (isAway: boolean) =>
            Effect.promise(() => proxy.behave({ kind: isAway ? "refuse" : "pass" }))
          return { publisher, published, setAway }
        })
      }))
    )
  })
}
