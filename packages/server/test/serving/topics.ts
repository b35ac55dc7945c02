/** A topic as a reader of it sees it: what comes in, from the beginning on. */
import { Consumer, stringDeserializers } from "@platformatic/kafka"

/** An envelope that was read. */
export interface Received {
  readonly eventId: string
  readonly eventType: string
  readonly aggregateId: string
  readonly version: number
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
  const reading = (async () => {
    for await (const { value } of stream) received.push(JSON.parse(value) as Received)
  })()
  return {
    received,
    [Symbol.asyncDispose]: async () => {
      await consumer.close(true)
      await reading
    }
  }
}
