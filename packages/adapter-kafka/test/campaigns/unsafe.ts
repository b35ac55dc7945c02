/** What KafkaJS loses by itself: one send over several partitions, while leaders move. */
import type { KafkaServer } from "@holdfast/test-servers"
import kafkajs from "kafkajs"
import { createTopic, freshName, readTopic } from "../kafka/readTopic.ts"

const { Kafka, Partitioners } = kafkajs
const partitions = 6
const each = 20

/** Ends nodes in turn under such sends, and says what is missing. */
export const unsafeLine = async (server: KafkaServer, rounds: number): Promise<string> => {
  const brokers = [...server.brokers]
  const topic = freshName("unsafe")
  await createTopic(brokers, topic, partitions)
  const producer = new Kafka({ brokers, logCreator: () => () => undefined }).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 30, initialRetryTime: 50, maxRetryTime: 500 }
  })
  await producer.connect()
  const acknowledged = new Set<string>()
  let isSending = true
  const sending = (async () => {
    for (let batch = 0; isSending; batch++) {
      const messages = Array.from({ length: partitions * each }, (_, n) => ({
        value: `${batch}-${n}`,
        partition: n % partitions
      }))
      await producer.send({ topic, messages })
      for (const { value } of messages) acknowledged.add(value)
    }
  })()
  const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1_000))
  for (let round = 0; round < rounds; round++) {
    const node = server.nodes[round % server.nodes.length]
    await seconds(2.5)
    await node?.terminate()
    await seconds(5)
    await node?.restart()
    await seconds(6)
  }
  isSending = false
  await sending
  await producer.disconnect()
  const read = new Set((await readTopic(brokers, topic)).map(({ value }) => value))
  const lost = [...acknowledged].filter((value) => !read.has(value)).length
  return (
    `KafkaJS by itself, several partitions a send, moving leaders, SIGTERM, ${rounds} rounds: ` +
    `${acknowledged.size} acknowledged, ${read.size} read back, ${lost} lost`
  )
}
