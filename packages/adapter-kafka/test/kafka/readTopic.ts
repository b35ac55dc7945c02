/** Reads a topic from its beginning to where it ends now, and looks after topics for tests. */
import { Admin, Consumer, stringDeserializers } from "@platformatic/kafka"
import kafkajs from "kafkajs"
import { quietTimer } from "../../src/clients/quietTimer.ts"

/** A message as it was kept. */
export interface ReadMessage {
  readonly partition: number
  readonly key: string
  readonly value: string
  readonly headers: Readonly<Record<string, string>>
}

let named = 0

/** A name that no other test uses. */
export const freshName = (what: string): string => `${what}-${process.pid}-${Date.now()}-${++named}`

const withAdmin = async <A>(
  brokers: ReadonlyArray<string>,
  use: (admin: Admin) => Promise<A>
): Promise<A> => {
  const admin = new Admin({ clientId: "tests", bootstrapBrokers: [...brokers], retries: 30 })
  try {
    return await use(admin)
  } finally {
    await admin.close()
  }
}

/** Makes a topic, with settings of its own, and waits until the brokers know its leaders. */
export const createTopic = async (
  brokers: ReadonlyArray<string>,
  topic: string,
  partitions: number,
  settings: Readonly<Record<string, string>> = {}
): Promise<void> => {
  quietTimer()
  const admin = new kafkajs.Kafka({ brokers: [...brokers] }).admin()
  await admin.connect()
  try {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
    await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, configEntries }],
      waitForLeaders: true
    })
  } finally {
    await admin.disconnect()
  }
}

/** Gives a topic more partitions, so many in all. The other client cannot leave their place open. */
export const addPartitions = async (
  brokers: ReadonlyArray<string>,
  topic: string,
  count: number
): Promise<void> => {
  quietTimer()
  const admin = new kafkajs.Kafka({ brokers: [...brokers] }).admin()
  await admin.connect()
  try {
    await admin.createPartitions({ topicPartitions: [{ topic, count }] })
  } finally {
    await admin.disconnect()
  }
}

/** Removes a topic. */
export const deleteTopic = (brokers: ReadonlyArray<string>, topic: string): Promise<void> =>
  withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }))

/** How many partitions a topic has, and how many brokers keep each. */
export const shapeOf = (brokers: ReadonlyArray<string>, topic: string) =>
  withAdmin(brokers, async (admin) => {
    const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true })
    const found = topics.get(topic)
    return { partitions: found?.partitionsCount, replicas: found?.partitions[0]?.replicas.length }
  })

/** All that a topic holds; the messages of one partition in their order. */
export const readTopic = async (
  brokers: ReadonlyArray<string>,
  topic: string
): Promise<ReadonlyArray<ReadMessage>> => {
  const consumer = new Consumer({
    groupId: freshName("readers"),
    clientId: "tests",
    bootstrapBrokers: [...brokers],
    deserializers: stringDeserializers,
    retries: 30
  })
  const messages: Array<ReadMessage> = []
  try {
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? []
    const open = new Set(ends.keys().filter((partition) => ends[partition] !== 0n))
    if (open.size === 0) return messages
    const stream = await consumer.consume({
      topics: [topic],
      mode: "earliest",
      autocommit: false,
      maxWaitTime: 100
    })
    for await (const { headers, key, offset, partition, value } of stream) {
      messages.push({ partition, key, value, headers: Object.fromEntries(headers) })
      if (offset + 1n === ends[partition]) open.delete(partition)
      if (open.size === 0) break
    }
    return messages
  } finally {
    // A coordinator that has just moved need not know that this reader leaves.
    await consumer.close(true).catch(() => undefined)
  }
}
