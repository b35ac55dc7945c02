/** Both clients, for suites that run over each. */
import * as kafkaJs from "../src/index.ts"
import * as platformatic from "../src/platformatic.ts"

/** By name: how a publisher is opened. */
export const clients = [
  {
    name: "KafkaJS",
    kafkaPublisher: kafkaJs.kafkaPublisher,
    layerKafkaPublisher: kafkaJs.layerKafkaPublisher
  },
  {
    name: "@platformatic/kafka",
    kafkaPublisher: platformatic.kafkaPublisher,
    layerKafkaPublisher: platformatic.layerKafkaPublisher
  }
] as const
