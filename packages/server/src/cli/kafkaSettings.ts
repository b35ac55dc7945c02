/** Which Kafka the events go to, and how: the settings of `serve`, `relay` and what publishes again. */
import type { KafkaPublisherOptions, KafkaSasl } from "@holdfast/adapter-kafka"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readCertificates } from "../serving/network/certificateFiles.ts"
import { CommandFailure, usageFailure } from "./CommandFailure.ts"
import { textIn } from "./fileTexts.ts"
import {
  anyText,
  durationMillis,
  type Found,
  oneOf,
  secret,
  setting,
  toggle,
  variableOf,
  wholeNumber
} from "./settings.ts"

const brokerPattern = /^(?:[\w.-]+|\[[\da-fA-F:]+\]):(\d{1,5})$/

const isBroker = (text: string) => {
  const port = Number(brokerPattern.exec(text)?.[1] ?? 0)
  return port >= 1 && port <= 65_535
}

/** Reads a name that Kafka takes, of at most so many characters. */
export const namedUpTo = (max: number) => (text: string) =>
  new RegExp(`^[A-Za-z0-9._-]{1,${max}}$`).test(text)
    ? { value: text }
    : { mustBe: `1 to ${max} letters, digits, dots, dashes and underscores` }

const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const

/** The settings of a destination in Kafka. */
export const kafkaFlags = {
  kafka: setting(
    "kafka",
    {
      metavar: "<host:port,...>",
      description: "Publish events to the Kafka of these brokers",
      read: (text) => {
        const brokers = text.split(",").map((broker) => broker.trim())
        return brokers.every(isBroker)
          ? { value: brokers }
          : {
              mustBe:
                "host:port with a port from 1 to 65535, or several with commas between, such as kafka-1:9092,kafka-2:9092"
            }
      }
    },
    undefined
  ),
  kafkaClient: setting(
    "kafka-client",
    {
      metavar: "<kafkajs|platformatic>",
      description: "The client library (default: platformatic)",
      read: oneOf("kafkajs", "platformatic")
    },
    undefined
  ),
  kafkaTopicPrefix: setting(
    "kafka-topic-prefix",
    {
      metavar: "<name>",
      description: "What the names of topics begin with (default: holdfast)",
      read: namedUpTo(100)
    },
    undefined
  ),
  kafkaTopics: setting(
    "kafka-topics",
    {
      metavar: "<context|eventType>",
      description: "One topic for each context, or for each type of event (default: context)",
      read: oneOf("context", "eventType")
    },
    undefined
  ),
  kafkaCreateTopics: toggle("kafka-create-topics", "Make the topics that are not there", false),
  kafkaPartitions: setting(
    "kafka-partitions",
    {
      metavar: "<count>",
      description: "Partitions of a topic that is made (default: 12)",
      read: wholeNumber(1, 10_000)
    },
    undefined
  ),
  kafkaReplication: setting(
    "kafka-replication",
    {
      metavar: "<count>",
      description:
        "Brokers that keep each event of a topic that is made (default: the brokers' own)",
      read: wholeNumber(1, 100)
    },
    undefined
  ),
  kafkaMinInSync: setting(
    "kafka-min-in-sync",
    {
      metavar: "<count>",
      description:
        "Brokers that keep an event before it counts as kept (default: the brokers' own)",
      read: wholeNumber(1, 100)
    },
    undefined
  ),
  kafkaCompression: setting(
    "kafka-compression",
    {
      metavar: "<none|gzip>",
      description: "How batches are compressed (default: none)",
      read: oneOf("none", "gzip")
    },
    undefined
  ),
  kafkaTls: toggle(
    "kafka-tls",
    "Encrypt the connections, and check the brokers' certificates",
    false
  ),
  kafkaCa: setting(
    "kafka-ca",
    {
      metavar: "<file>",
      description: "Certificate of the authority to trust, in PEM; implies --kafka-tls",
      read: anyText
    },
    undefined
  ),
  kafkaCert: setting(
    "kafka-cert",
    {
      metavar: "<file>",
      description: "Certificate to show to the brokers, in PEM; implies --kafka-tls",
      read: anyText
    },
    undefined
  ),
  kafkaKey: setting(
    "kafka-key",
    { metavar: "<file>", description: "The private key of --kafka-cert, in PEM", read: anyText },
    undefined
  ),
  kafkaUser: setting(
    "kafka-user",
    { metavar: "<name>", description: "User at the brokers", read: anyText },
    undefined
  ),
  kafkaPassword: secret("kafka-password", {
    metavar: "<password>",
    description: "Password at the brokers; better given as a variable"
  }),
  kafkaMechanism: setting(
    "kafka-mechanism",
    {
      metavar: "<mechanism>",
      description: `SASL mechanism of the user and the password: ${mechanisms.join(", ")} (default: SCRAM-SHA-512)`,
      read: oneOf(...mechanisms)
    },
    undefined
  ),
  kafkaCursor: setting(
    "kafka-cursor",
    {
      metavar: "<name>",
      description:
        "Name of the place in the log; another name begins at the first event (default: kafka)",
      read: namedUpTo(100)
    },
    undefined
  ),
  kafkaLease: setting(
    "kafka-lease",
    {
      metavar: "<time>",
      description: "How soon another process goes on after this one died (default: 5s)",
      read: durationMillis("1s", "10m")
    },
    undefined
  )
}

/** The name of the topic whose events about orders are handled. */
const ordersTopic = { metavar: "<name>", read: namedUpTo(249) }

/** The settings of who handles events about orders. */
export const ordersFlags = {
  ordersTopic: setting(
    "orders-topic",
    { ...ordersTopic, description: "Handle events about orders from this topic" },
    undefined
  ),
  ordersGroup: setting(
    "orders-group",
    {
      metavar: "<name>",
      description: "Consumer group that shares the topic (default: holdfast-orders)",
      read: namedUpTo(249)
    },
    "holdfast-orders"
  )
}

/** The same, for a command that does nothing else. */
export const consumeOrdersFlags = {
  ...ordersFlags,
  ordersTopic: setting(
    "orders-topic",
    { ...ordersTopic, description: "Topic with events about orders (default: orders)" },
    "orders"
  )
}

/** The settings as read. */
export interface KafkaInput {
  readonly kafka: ReadonlyArray<string> | undefined
  readonly kafkaClient: "kafkajs" | "platformatic" | undefined
  readonly kafkaTopicPrefix: string | undefined
  readonly kafkaTopics: "context" | "eventType" | undefined
  readonly kafkaCreateTopics: boolean
  readonly kafkaPartitions: number | undefined
  readonly kafkaReplication: number | undefined
  readonly kafkaMinInSync: number | undefined
  readonly kafkaCompression: "none" | "gzip" | undefined
  readonly kafkaTls: boolean
  readonly kafkaCa: string | undefined
  readonly kafkaCert: string | undefined
  readonly kafkaKey: string | undefined
  readonly kafkaUser: string | undefined
  readonly kafkaPassword: Found<Redacted.Redacted> | undefined
  readonly kafkaMechanism: KafkaSasl["mechanism"] | undefined
  readonly kafkaCursor: string | undefined
  readonly kafkaLease: number | undefined
}

/** A destination in Kafka. */
export interface KafkaDestination {
  readonly client: "kafkajs" | "platformatic"
  readonly cursor: string
  readonly leaseMillis: number | undefined
  readonly publisher: KafkaPublisherOptions
}

const tlsOf = Effect.fnUntraced(function* ({
  kafkaCa,
  kafkaCert: cert,
  kafkaKey: key,
  kafkaTls
}: KafkaInput): Effect.fn.Return<KafkaPublisherOptions["tls"], CommandFailure> {
  if (kafkaCa === undefined && cert === undefined && key === undefined) return kafkaTls
  if (cert === undefined && key !== undefined) {
    return yield* usageFailure("--kafka-key needs --kafka-cert")
  }
  if (cert !== undefined && key === undefined) {
    return yield* usageFailure("--kafka-cert needs --kafka-key")
  }
  const ca = kafkaCa === undefined ? undefined : yield* readAuthority(kafkaCa)
  const own = cert === undefined || key === undefined ? undefined : { cert, key }
  const settings = { cert: "kafka-cert", key: "kafka-key", ca: "kafka-ca" }
  const read = readCertificates({ own, settings }, new Date())
  if (read instanceof CommandFailure) return yield* read
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(read.cert === undefined || read.key === undefined
      ? {}
      : { cert: read.cert, key: Redacted.make(read.key) })
  }
})

const readAuthority = (file: string): Effect.Effect<string, CommandFailure> =>
  Effect.mapError(textIn(file), (why) => usageFailure(`--kafka-ca ${file} cannot be read: ${why}`))

const saslOf = ({
  kafkaMechanism,
  kafkaPassword,
  kafkaUser
}: KafkaInput): Effect.Effect<KafkaSasl | undefined, CommandFailure> => {
  if (kafkaUser === undefined && kafkaPassword === undefined) {
    return kafkaMechanism === undefined
      ? Effect.succeed(undefined)
      : Effect.fail(usageFailure("--kafka-mechanism needs --kafka-user and --kafka-password"))
  }
  if (kafkaUser === undefined || kafkaPassword === undefined) {
    const missing = kafkaUser === undefined ? "kafka-user" : "kafka-password"
    return Effect.fail(
      usageFailure(
        `--${missing} (or ${variableOf(missing)}) is missing: give the user and the password, or neither`
      )
    )
  }
  const password = kafkaPassword.value
  return Effect.succeed({
    mechanism: kafkaMechanism ?? "SCRAM-SHA-512",
    username: kafkaUser,
    password
  })
}

/** The settings that are of use only for topics that are made. */
const ofNewTopics: ReadonlyArray<string> = ["kafkaPartitions", "kafkaReplication", "kafkaMinInSync"]

/** The flag of a setting: `kafkaMinInSync` is `kafka-min-in-sync`. */
const flagOf = (setting: string) =>
  setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Refuses settings that would have no effect without another one. */
const checkEffect = (input: KafkaInput): Effect.Effect<void, CommandFailure> => {
  const given = Object.keys(kafkaFlags).filter((setting) => {
    const value = input[setting as keyof KafkaInput]
    return setting !== "kafka" && value !== undefined && value !== false
  })
  const idle = (needed: string, settings: ReadonlyArray<string>) => {
    const [one] = given.filter((setting) => settings.includes(setting)).map(flagOf)
    return one === undefined
      ? Effect.void
      : Effect.fail(
          usageFailure(
            `--${one} (or ${variableOf(one)}) needs --${needed} (or ${variableOf(needed)})`
          )
        )
  }
  if (input.kafka === undefined) return idle("kafka", given)
  if (!input.kafkaCreateTopics) return idle("kafka-create-topics", ofNewTopics)
  return Effect.void
}

/** The destination that the settings name; undefined without brokers. */
export const kafkaOf = Effect.fnUntraced(function* (
  input: KafkaInput
): Effect.fn.Return<KafkaDestination | undefined, CommandFailure> {
  yield* checkEffect(input)
  if (input.kafka === undefined) return undefined
  const sasl = yield* saslOf(input)
  return {
    client: input.kafkaClient ?? "platformatic",
    cursor: input.kafkaCursor ?? "kafka",
    leaseMillis: input.kafkaLease,
    publisher: {
      brokers: input.kafka,
      topicPrefix: input.kafkaTopicPrefix,
      topics: input.kafkaTopics,
      compression: input.kafkaCompression,
      tls: yield* tlsOf(input),
      ...(sasl === undefined ? {} : { sasl }),
      ...(input.kafkaCreateTopics
        ? {
            createTopics: {
              partitions: input.kafkaPartitions,
              replicationFactor: input.kafkaReplication,
              minInSyncReplicas: input.kafkaMinInSync
            }
          }
        : {})
    }
  }
})

/** The destination that the settings must name. */
export const namedKafkaOf = (input: KafkaInput): Effect.Effect<KafkaDestination, CommandFailure> =>
  Effect.flatMap(kafkaOf(input), (destination) =>
    destination === undefined
      ? Effect.fail(usageFailure("name the brokers with --kafka host:port"))
      : Effect.succeed(destination)
  )
