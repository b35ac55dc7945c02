/** Messages that others write in transactions: those of an aborted one are handled by nobody. */
import { expect, it } from "@effect/vitest"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import kafkajs from "kafkajs"
import { quietTimer } from "../../src/clients/quietTimer.ts"
import { clients } from "../clients.ts"
import { freshName } from "../kafka/readTopic.ts"
import { freshGroup, lagOf, Seen, startConsumer, statusWhen } from "./consuming.ts"

/** More than a consumer fetches of a partition at once, so that the mark of the end comes later. */
const perTransaction = 150
const padding = "x".repeat(1_000)

/** Writes three transactions, of which the last alone is committed. */
const produceInTransactions = async (brokers: ReadonlyArray<string>, topic: string) => {
  quietTimer()
  const { logLevel } = kafkajs
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
  const transactionalId = freshName("transactions")
  const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (const name of ["first", "second", "third"]) {
    const transaction = await producer.transaction()
    for (let at = 0; at < perTransaction; at += 10) {
      const messages = Array.from({ length: 10 }, (_, n) => ({
        partition: 0,
        value: `${name} ${at + n} ${padding}`
      }))
      await transaction.send({ topic, messages, acks: -1 })
    }
    await (name === "third" ? transaction.commit() : transaction.abort())
  }
  await producer.disconnect()
}

for (const client of clients) {
  describeKafka(`a consumer of transactions, over ${client.name}`, () => {
    it.live("handles what was committed, and nothing of what was aborted", () =>
      Effect.gen(function* () {
        const { brokers, groupId, options, topic } = yield* freshGroup(1)
        yield* Effect.promise(() => produceInTransactions(brokers, topic))
        const seen = new Seen()
        const consumer = yield* startConsumer(client, {
          ...options,
          handle: (message) => Effect.sync(() => seen.note(message))
        })
        yield* statusWhen(consumer, ({ lag }) => lag === 0)
        yield* consumer.stop
        const names = seen.messages.map(({ value }) => value?.split(" ")[0])
        expect(names).toEqual(Array.from({ length: perTransaction }, () => "third"))
        expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
      })
    )
  })
}
