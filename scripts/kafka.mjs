/**
 * `pnpm kafka [port]`: the Kafka broker of the tests, on this machine alone, until Ctrl-C. Its data
 * ends with it. The port is 9092 unless given.
 */
import { startKafka } from "../test-servers/src/kafka/KafkaServer.ts"
import { whyNoKafka } from "../test-servers/src/kafka/kafkaInstallation.ts"

const reason = whyNoKafka()
if (reason !== undefined) {
  console.error(reason)
  process.exit(1)
}
const { brokers, stop } = await startKafka({ port: Number(process.argv[2] ?? 9092) })
console.log(`Kafka is at ${brokers.join(",")}; stop it with Ctrl-C`)
// A broker and a listener for signals do not hold the process alive.
const alive = setInterval(() => undefined, 2 ** 30)
await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve))
clearInterval(alive)
await stop()
