/** Both clients, for suites that run over each. */
import { makeKafkaJsClient } from "../src/clients/KafkaJsClient.ts"
import { makePlatformaticClient } from "../src/clients/PlatformaticClient.ts"
import * as kafkaJs from "../src/index.ts"
import * as platformatic from "../src/platformatic.ts"

/** By name: how a publisher is opened, and the client below it. */
export const clients = [
  { name: "KafkaJS", kafkaPublisher: kafkaJs.kafkaPublisher, makeClient: makeKafkaJsClient },
  {
    name: "@platformatic/kafka",
    kafkaPublisher: platformatic.kafkaPublisher,
    makeClient: makePlatformaticClient
  }
] as const
