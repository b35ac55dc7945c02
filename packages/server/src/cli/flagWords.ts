/** What the libraries call their options, in the words of the command line. */

const flags: ReadonlyMap<string, string> = new Map([
  ["`brokers`", "--kafka"],
  ["`createTopics`", "--kafka-create-topics"],
  ["`createTopics.replicationFactor`", "--kafka-replication"],
  ["`sasl`", "--kafka-user and --kafka-password"],
  ["`sasl.mechanism`", "--kafka-mechanism"],
  ["`tls`", "--kafka-tls or --kafka-ca"],
  ["`topicPrefix`", "--kafka-topic-prefix"]
])

/** A message of a library that names flags where it named options. */
export const inFlags = (message: string): string =>
  message.replace(/`[\w.]+`/g, (option) => flags.get(option) ?? option)
