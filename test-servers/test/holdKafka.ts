// A process that starts a Kafka server, prints its broker and its data folder, and waits to be killed.
import { startKafka } from "../src/kafka/KafkaServer.ts"

const server = await startKafka()
console.log(JSON.stringify({ broker: server.brokers[0], homes: server.homes }))
await new Promise(() => setInterval(() => undefined, 60_000))
