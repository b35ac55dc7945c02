/** Both clients, for suites that run over each. */
import * as kafkaJs from "../src/index.ts"
import * as platformatic from "../src/platformatic.ts"

/** By name: how a publisher and a consumer are opened. */
export const clients = [
  {
    name: "KafkaJS",
    entry: "index",
    kafkaPublisher: kafkaJs.kafkaPublisher,
    layerKafkaPublisher: kafkaJs.layerKafkaPublisher,
    kafkaConsumer: kafkaJs.kafkaConsumer,
    redrive: kafkaJs.redrive
  },
  {
    name: "@platformatic/kafka",
    entry: "platformatic",
    kafkaPublisher: platformatic.kafkaPublisher,
    layerKafkaPublisher: platformatic.layerKafkaPublisher,
    kafkaConsumer: platformatic.kafkaConsumer,
    redrive: platformatic.redrive
  }
] as const
