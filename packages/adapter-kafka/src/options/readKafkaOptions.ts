/** Reads the settings of a publisher and names every bad one. It connects to nothing. */
import { createSecureContext } from "node:tls"
import { InvalidInput } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { TopicShape } from "../clients/KafkaClient.ts"
import { tlsOptions } from "../clients/tlsOptions.ts"
import type { TopicNaming } from "../messages/topicOf.ts"
import type {
  KafkaConnectionOptions,
  KafkaPublishing,
  KafkaTls,
  NewTopics
} from "./KafkaOptions.ts"
import { KafkaStartError } from "./KafkaStartError.ts"

const optional = Schema.optional
const filled = Schema.String.check(Schema.isMinLength(1))
/** A whole number between two, or nothing. */
export const between = (minimum: number, maximum: number) =>
  optional(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

const secret = Schema.Unknown.check(
  Schema.makeFilter(
    (value) =>
      (Redacted.isRedacted(value) && typeof Redacted.value(value) === "string") ||
      "must be text, wrapped by Redacted.make"
  )
)

const broker = Schema.String.check(
  Schema.isPattern(/^(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}$/, {
    message: "must be host:port, such as kafka-1:9092"
  }),
  Schema.makeFilter<string>((text) => {
    const port = Number(text.slice(text.lastIndexOf(":") + 1))
    const isPort = Number.isNaN(port) || (port >= 1 && port <= 65_535)
    return isPort || "must have a port from 1 to 65535"
  })
)

/** Whether Node can read the certificates and the key; its words hold none of them. */
const isUsable = Schema.makeFilter<KafkaTls>((tls) => {
  try {
    createSecureContext(tlsOptions(tls))
    return true
  } catch (error) {
    return `holds a certificate or a key that cannot be read (${(error as Error).message})`
  }
})

/** A name that Kafka takes, of at most so many characters. */
export const named = (max: number) =>
  Schema.String.check(
    Schema.isPattern(new RegExp(`^[A-Za-z0-9._-]{1,${max}}$`), {
      message: `must be at most ${max} letters, digits, dots, dashes and underscores`
    })
  )

/** The fields by which brokers are reached. */
export const connectionFields = {
  brokers: Schema.Array(broker).check(Schema.isMinLength(1)),
  clientId: optional(named(100)),
  tls: optional(
    Schema.Union([
      Schema.Boolean,
      Schema.Struct({
        ca: optional(filled),
        cert: optional(filled),
        key: optional(secret),
        passphrase: optional(secret),
        rejectUnauthorized: optional(Schema.Boolean)
      }).check(isUsable as never)
    ])
  ),
  sasl: optional(
    Schema.Struct({
      mechanism: Schema.Literals(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
      username: filled,
      password: secret
    })
  )
}

/** How topics are made that are missing. */
export const newTopicsField = optional(
  Schema.Struct({
    partitions: between(1, 10_000),
    replicationFactor: between(1, 100),
    minInSyncReplicas: between(1, 100)
  })
)

const fields = {
  ...connectionFields,
  topicPrefix: optional(named(100)),
  topics: optional(Schema.Literals(["context", "eventType"])),
  expect: optional(Schema.Array(named(140))),
  createTopics: newTopicsField,
  sendTimeoutMillis: between(1, 3_600_000)
}

/** How a topic is made as the options say, and else with 12 partitions. */
export const topicShapeOf = (topics: NewTopics | undefined): TopicShape | undefined =>
  topics === undefined
    ? undefined
    : {
        partitions: topics.partitions ?? 12,
        replicationFactor: topics.replicationFactor,
        minInSyncReplicas: topics.minInSyncReplicas
      }

/** The refusal of options, with every bad field. */
export const invalidOptions = ({ issues }: InvalidInput.InvalidInput): KafkaStartError => {
  const mistakes = issues.map(({ message, path }) => `${path} ${message}`.trim())
  const message = `the settings for Kafka cannot be used: ${mistakes.join("; ")}`
  return new KafkaStartError({ reason: "InvalidOptions", message })
}

/** The settings as the rest of the adapter uses them. */
export interface KafkaSettings extends TopicNaming {
  readonly connection: KafkaConnectionOptions & { readonly clientId: string }
  readonly expect: ReadonlyArray<string>
  readonly newTopics: TopicShape | undefined
  readonly sendTimeoutMillis: number
}

/** Reads settings that have one of these compressions; every bad field is named. */
export const readKafkaOptions = (
  options: KafkaPublishing & { readonly compression?: string | undefined },
  compressions: ReadonlyArray<string>
): Effect.Effect<KafkaSettings, KafkaStartError> => {
  const compression = optional(Schema.Literals(compressions))
  const read = InvalidInput.reader(Schema.Struct({ ...fields, compression }))(options)
  if (Result.isFailure(read)) return Effect.fail(invalidOptions(read.failure))
  const { brokers, clientId = "holdfast", createTopics, sasl, tls, topics = "context" } = options
  return Effect.succeed({
    connection: { brokers, clientId, sasl, tls },
    topicPrefix: options.topicPrefix ?? "holdfast",
    topics,
    expect: options.expect ?? (topics === "context" ? ["inventory"] : []),
    newTopics: topicShapeOf(createTopics),
    sendTimeoutMillis: options.sendTimeoutMillis ?? 30_000
  })
}
