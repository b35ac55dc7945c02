/** The Kafka broker that events are sent to, on the same machine, and its topics. */
import { startKafka } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import kafkajs from "kafkajs"

/** Partitions of a topic. */
export const partitions = 12

/** A broker for the lifetime of the scope. */
export const kafkaServer = Effect.acquireRelease(
  Effect.promise(() => startKafka({ settings: { "log.retention.check.interval.ms": "2000" } })),
  ({ stop }) => Effect.promise(stop)
)

/** Topics that forget all but the last bytes, so that a run fills no disk. */
export const makeTopics = async (
  brokers: ReadonlyArray<string>,
  topics: ReadonlyArray<string>,
  bytesKept = 8_388_608
) => {
  const admin = new kafkajs.Kafka({
    brokers: [...brokers],
    logCreator: () => () => undefined
  }).admin()
  await admin.connect()
  const configEntries = ["retention.bytes", "segment.bytes"].map((name) => ({
    name,
    value: String(bytesKept)
  }))
  await admin.createTopics({
    topics: topics.map((topic) => ({ topic, numPartitions: partitions, configEntries }))
  })
  await admin.disconnect()
}
