/** The settings of a consumer. A secret is `Redacted`, and appears in no message. */
import type { HandleMessage } from "@holdfast/core/events"
import type { KafkaConnectionOptions, NewTopics } from "../options/KafkaOptions.ts"

/** What a consumer is made with. */
export interface KafkaConsumerOptions extends KafkaConnectionOptions {
  /** The group: its members share the partitions, and Kafka remembers how far each was handled. */
  readonly groupId: string
  /** The topics whose messages are handled. */
  readonly topics: ReadonlyArray<string>
  /**
   * Handles one message. The messages of a partition come one after another, those of different
   * partitions side by side. What it throws counts as a failure that may pass.
   */
  readonly handle: HandleMessage
  /** Where a new group begins: FIRST, with all that the topics hold, or LAST, with what comes now. */
  readonly from: "FIRST" | "LAST"
  /** How often a message is tried before it goes among the dead letters: 10 times. */
  readonly triesMax?: number | undefined
  /** How long one try may take, in milliseconds: 30,000. */
  readonly handleTimeoutMillis?: number | undefined
  /** Where the dead letters of a topic go: to the topic of the same name with `.dlq` after it. */
  readonly deadLetterTopic?: ((topic: string) => string) | undefined
  /** Makes the topics that are not there, those of dead letters too. */
  readonly createTopics?: NewTopics | undefined
  /**
   * After how many milliseconds without a sign of life another member gets the partitions: 30,000,
   * and at least 6,000. Handlers get a third of it to finish when the group changes.
   */
  readonly sessionTimeoutMillis?: number | undefined
}
