/** The port over @platformatic/kafka. No type of it leaves this file. */
import {
  Admin,
  type BaseOptions,
  type CompressionAlgorithmValue,
  Producer,
  stringSerializers
} from "@platformatic/kafka"
import * as Redacted from "effect/Redacted"
import type { KafkaConnectionOptions } from "../options/KafkaOptions.ts"
import type { HeaderValue, KafkaClient, KafkaProducer } from "./KafkaClient.ts"
import { tlsOptions } from "./tlsOptions.ts"

/** What the client can compress with by itself. */
export const platformaticCompressions = ["none", "gzip", "snappy", "lz4", "zstd"] as const

/** Every error that is inside an error, from the outside in. */
const insides = function* (error: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof error !== "object" || error === null) return
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown }
  yield error as Readonly<Record<string, unknown>>
  if (Array.isArray(errors)) for (const one of errors.toReversed()) yield* insides(one)
  yield* insides(cause)
}

const codes: Readonly<Record<string, string>> = {
  PLT_KFK_AUTHENTICATION: "SASL_AUTHENTICATION_FAILED",
  PLT_KFK_TIMEOUT: "TIMED_OUT"
}

/** Kafka's own name for it, else the network's, else the client's. */
export const codeOf = (error: unknown): string | undefined => {
  const all = [...insides(error)]
  for (const { apiId } of all) if (typeof apiId === "string") return apiId
  for (const { message } of all) {
    if (/^Unknown topic /.test(String(message))) return "UNKNOWN_TOPIC_OR_PARTITION"
  }
  const words = all.flatMap(({ code }) => (typeof code === "string" ? [code] : []))
  const known = words.map((word) => codes[word]).find((word) => word !== undefined)
  const networks = words.find((word) => !word.startsWith("PLT_KFK_"))
  return networks ?? known ?? (words.includes("PLT_KFK_NETWORK") ? "CONNECTION_LOST" : undefined)
}

const requestMillisMax = 5_000
const connectMillisMax = 3_000
const retryDelayMillisMax = 500
const sendRetries = 30
const lookUpRetries = 3

const backoff = (_client: object, _operation: string, attempt: number): number =>
  Math.min(50 * 2 ** attempt, retryDelayMillisMax)

/** What every client over @platformatic/kafka is made with, by how often it tries again by itself. */
export const platformaticOptions = (
  options: KafkaConnectionOptions & { readonly clientId: string }
): ((retries: number) => BaseOptions) => {
  const { brokers, clientId, sasl } = options
  const tls = tlsOptions(options.tls)
  return (retries) => ({
    clientId,
    bootstrapBrokers: [...brokers],
    autocreateTopics: false,
    timeout: requestMillisMax,
    requestTimeout: requestMillisMax,
    connectTimeout: connectMillisMax,
    retries,
    retryDelay: backoff,
    ...(tls === undefined ? {} : { tls, tlsServerName: true }),
    ...(sasl === undefined
      ? {}
      : {
          sasl: {
            mechanism: sasl.mechanism,
            username: sasl.username,
            password: Redacted.value(sasl.password)
          }
        })
  })
}

/** Of a header that stands there several times, this client can write the last alone. */
const headerBytes = (value: HeaderValue | undefined): Buffer => {
  const last = typeof value === "string" || Buffer.isBuffer(value) ? value : value?.at(-1)
  return Buffer.from(last ?? "")
}

/** A client over @platformatic/kafka. It connects when it is used. */
export const makePlatformaticClient = (
  options: KafkaConnectionOptions & { readonly clientId: string },
  compression: CompressionAlgorithmValue = "none"
): KafkaClient => {
  const base = platformaticOptions(options)

  const withAdmin = async <A>(use: (admin: Admin) => Promise<A>) => {
    const admin = new Admin(base(lookUpRetries))
    try {
      return await use(admin)
    } finally {
      admin.close().catch(() => undefined)
    }
  }

  const newProducer = (): KafkaProducer => {
    const { headerKey } = stringSerializers
    const producer = new Producer<Buffer, Buffer, string, HeaderValue>({
      ...base(sendRetries),
      idempotent: true,
      compression,
      serializers: { headerKey, headerValue: headerBytes }
    })
    // One for each partition that waits for its next try.
    producer.setMaxListeners(0)
    const close = async () => {
      await producer.close(true)
    }
    return {
      connect: async () => {
        await producer.initIdempotentProducer({})
      },
      sendToPartition: async (topic, partition, messages) => {
        const { offsets = [] } = await producer.send({
          messages: messages.map(({ headers, key, value }) => ({
            topic,
            partition,
            ...(key === null ? {} : { key }),
            ...(value === null ? {} : { value }),
            headers
          }))
        })
        return offsets
      },
      close,
      destroy: () => {
        close().catch(() => undefined)
      }
    }
  }

  return {
    newProducer,
    describeTopic: (topic) =>
      withAdmin(async (admin) => {
        try {
          const { topics } = await admin.metadata({ topics: [topic], retries: 0 })
          const partitions = topics.get(topic)?.partitionsCount ?? 0
          return partitions === 0 ? undefined : { partitions }
        } catch (error) {
          if (codeOf(error) === "UNKNOWN_TOPIC_OR_PARTITION") return undefined
          throw error
        }
      }),
    createTopic: (topic, { minInSyncReplicas, partitions, replicationFactor = -1 }) =>
      withAdmin(async (admin) => {
        const minimum = String(minInSyncReplicas)
        try {
          await admin.createTopics({
            topics: [topic],
            partitions,
            replicas: replicationFactor,
            configs:
              minInSyncReplicas === undefined
                ? []
                : [{ name: "min.insync.replicas", value: minimum }]
          })
        } catch (error) {
          if (codeOf(error) !== "TOPIC_ALREADY_EXISTS") throw error
        }
      }),
    codeOf
  }
}
