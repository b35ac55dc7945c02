/** A topic as a reader of it sees it: what comes in, from the beginning on. */
import {
  Admin,
  ConfigResourceTypes,
  Consumer,
  IncrementalAlterConfigOperationTypes,
  Producer,
  stringDeserializers,
  stringSerializers
} from "@platformatic/kafka"

/** An envelope that was read. */
export interface Received {
  readonly eventId: string
  readonly eventType: string
  readonly aggregateId: string
  readonly version: number
}

/** A message as it was sent. */
export interface Message {
  readonly key: string
  readonly value: unknown
  readonly headers: Readonly<Record<string, string>>
}

let groups = 0

/** Reads a topic from its beginning, until it is disposed. The topic must be there. */
export const followTopic = async (brokers: ReadonlyArray<string>, topic: string) => {
  const consumer = new Consumer({
    groupId: `readers-${process.pid}-${++groups}`,
    clientId: "tests",
    bootstrapBrokers: [...brokers],
    deserializers: stringDeserializers,
    retries: 30
  })
  const stream = await consumer.consume({
    topics: [topic],
    mode: "earliest",
    autocommit: false,
    maxWaitTime: 50
  })
  const received: Array<Received> = []
  const messages: Array<Message> = []
  const reading = (async () => {
    for await (const { headers, key, value } of stream) {
      const event = JSON.parse(value) as Received
      received.push(event)
      messages.push({ key, value: event, headers: Object.fromEntries(headers) })
    }
  })()
  return {
    received,
    messages,
    [Symbol.asyncDispose]: async () => {
      await consumer.close(true)
      await reading
    }
  }
}

const withAdmin = async (
  brokers: ReadonlyArray<string>,
  use: (admin: Admin) => Promise<unknown>
): Promise<void> => {
  const admin = new Admin({ clientId: "tests", bootstrapBrokers: [...brokers], retries: 30 })
  try {
    await use(admin)
  } finally {
    await admin.close()
  }
}

/** Makes a topic of one partition that takes messages of so many bytes. */
export const createTopicOf = (brokers: ReadonlyArray<string>, topic: string, bytesMax: number) =>
  withAdmin(brokers, (admin) => {
    const configs = [{ name: "max.message.bytes", value: String(bytesMax) }]
    return admin.createTopics({ topics: [topic], partitions: 1, configs })
  })

/** Lets a topic take messages of so many bytes from now on. */
export const widenTopic = (brokers: ReadonlyArray<string>, topic: string, bytesMax: number) =>
  withAdmin(brokers, (admin) =>
    admin.incrementalAlterConfigs({
      resources: [
        {
          resourceType: ConfigResourceTypes.TOPIC,
          resourceName: topic,
          configs: [
            {
              name: "max.message.bytes",
              configOperation: IncrementalAlterConfigOperationTypes.SET,
              value: String(bytesMax)
            }
          ]
        }
      ]
    })
  )

/** Writes messages to a topic that is there, all to its first partition. */
export const writeTo = async (
  brokers: ReadonlyArray<string>,
  topic: string,
  messages: ReadonlyArray<{
    readonly value: string
    readonly headers?: Readonly<Record<string, string>>
  }>
): Promise<void> => {
  const producer = new Producer({
    clientId: "tests",
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    retries: 30
  })
  try {
    await producer.send({
      messages: messages.map(({ headers = {}, value }) => ({ topic, partition: 0, value, headers }))
    })
  } finally {
    await producer.close()
  }
}
