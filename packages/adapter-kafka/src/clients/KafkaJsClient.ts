/** The port over KafkaJS. No type of KafkaJS leaves this file. */
import { connect as connectPlain, isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import * as Redacted from "effect/Redacted"
import kafkajs, {
  type IHeaders,
  type ISocketFactory,
  type KafkaConfig,
  type SASLOptions
} from "kafkajs"
import type { KafkaConnectionOptions, KafkaSasl } from "../options/KafkaOptions.ts"
import type { KafkaClient, KafkaProducer } from "./KafkaClient.ts"
import { quietTimer } from "./quietTimer.ts"
import { tlsOptions } from "./tlsOptions.ts"

/** What KafkaJS can compress with by itself. */
export const kafkaJsCompressions = ["none", "gzip"] as const

const saslOptions = ({ mechanism, password, username }: KafkaSasl): SASLOptions => {
  const credentials = { username, password: Redacted.value(password) }
  switch (mechanism) {
    case "PLAIN":
      return { mechanism: "plain", ...credentials }
    case "SCRAM-SHA-256":
      return { mechanism: "scram-sha-256", ...credentials }
    case "SCRAM-SHA-512":
      return { mechanism: "scram-sha-512", ...credentials }
  }
}

/** Every error that is inside an error, from the outside in. */
const insides = function* (error: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof error !== "object" || error === null) return
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown }
  yield error as Readonly<Record<string, unknown>>
  yield* insides(cause)
  if (Array.isArray(errors)) for (const one of errors) yield* insides(one)
}

/** The codes of the errors of KafkaJS that have no code themselves. */
const codes: Readonly<Record<string, string>> = {
  KafkaJSConnectionClosedError: "CONNECTION_LOST",
  KafkaJSConnectionError: "CONNECTION_LOST",
  KafkaJSLockTimeout: "TIMED_OUT",
  KafkaJSRequestTimeoutError: "TIMED_OUT"
}

/** What went wrong, by Kafka's own name for it, else by the network's. */
export const codeOf = (error: unknown): string | undefined => {
  for (const { code, message, name, type } of insides(error)) {
    if (typeof type === "string" && /^[A-Z_]+$/.test(type)) return type
    if (typeof code === "string" && /^[A-Z][A-Z_0-9]+$/.test(code)) return code
    if (name === "KafkaJSSASLAuthenticationError") {
      const isCut = /closed connection|connection error|timeout/i.test(String(message))
      return isCut ? "CONNECTION_LOST" : "SASL_AUTHENTICATION_FAILED"
    }
    if (message === "Connection timeout") return "ETIMEDOUT"
    if (message === "Broker not connected") return "CONNECTION_LOST"
    const known = codes[String(name)]
    if (known !== undefined) return known
  }
  return undefined
}

/**
 * Sockets that can all be ended at once. After a disconnect KafkaJS goes on to retry a send that is
 * under way, and connects again for it; here it cannot.
 */
export const makeSockets = () => {
  const open = new Set<Socket>()
  let isEnded = false
  const socketFactory: ISocketFactory = ({ host: given, onConnect, port, ssl }) => {
    // An IPv6 address is in brackets only beside a port.
    const host = given.replace(/^\[(.*)\]$/, "$1")
    if (isEnded) throw new Error("this client was ended")
    const name = isIP(host) === 0 ? { servername: host } : {}
    const socket = ssl
      ? connectTls({ host, port, ...name, ...ssl }, onConnect)
      : connectPlain({ host, port }, onConnect)
    open.add(socket)
    socket.setKeepAlive(true, 60_000).setNoDelay(true)
    socket.once("close", () => open.delete(socket))
    return socket
  }
  const end = () => {
    isEnded = true
    // An error, because KafkaJS notices no other end of a socket, and would keep its timers.
    for (const socket of open) socket.destroy(new Error("this client was ended"))
  }
  return { socketFactory, end }
}

const requestMillisMax = 5_000
const connectMillisMax = 3_000

/** What every connection over KafkaJS is made with. */
export const kafkaJsConfiguration = (
  options: KafkaConnectionOptions & { readonly clientId: string }
): KafkaConfig => {
  quietTimer()
  const { brokers, clientId, sasl } = options
  const tls = tlsOptions(options.tls)
  return {
    brokers: [...brokers],
    clientId,
    connectionTimeout: connectMillisMax,
    authenticationTimeout: requestMillisMax,
    requestTimeout: requestMillisMax,
    // Its log is not the host's; what matters is in the errors.
    logCreator: () => () => undefined,
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) })
  }
}

/** Enough for the seconds in which a leader moves; the time of a whole send is bounded elsewhere. */
const sendRetries = { retries: 30, initialRetryTime: 50, maxRetryTime: 500 }
/** For a look-up, which somebody waits for. */
export const lookUpRetries = { retries: 3, initialRetryTime: 50, maxRetryTime: 500 }

/** A client over KafkaJS. It connects when it is used. */
export const makeKafkaJsClient = (
  options: KafkaConnectionOptions & { readonly clientId: string },
  compression: (typeof kafkaJsCompressions)[number] = "none"
): KafkaClient => {
  const configuration = kafkaJsConfiguration(options)
  const { CompressionTypes, Kafka, Partitioners } = kafkajs

  const withAdmin = async <A>(use: (admin: ReturnType<typeof newAdmin>) => Promise<A>) => {
    const { end, socketFactory } = makeSockets()
    const admin = newAdmin(socketFactory)
    try {
      await admin.connect()
      return await use(admin)
    } finally {
      await admin.disconnect().catch(() => undefined)
      end()
    }
  }
  const newAdmin = (socketFactory: ISocketFactory) =>
    new Kafka({ ...configuration, socketFactory, retry: lookUpRetries }).admin()

  const newProducer = (): KafkaProducer => {
    const { end, socketFactory } = makeSockets()
    const kafka = new Kafka({ ...configuration, socketFactory, retry: sendRetries })
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: sendRetries,
      // Every message has its partition already.
      createPartitioner: Partitioners.DefaultPartitioner
    })
    return {
      connect: () => producer.connect(),
      sendToPartition: async (topic, partition, messages) => {
        const answer = await producer.send({
          topic,
          acks: -1,
          compression: compression === "gzip" ? CompressionTypes.GZIP : CompressionTypes.None,
          messages: messages.map(({ headers, key, value }) => ({
            key,
            value,
            headers: headers as IHeaders,
            partition
          }))
        })
        return answer.map((it) => ({
          topic: it.topicName,
          partition: it.partition,
          offset: BigInt(it.baseOffset ?? it.offset ?? -1)
        }))
      },
      close: () => producer.disconnect(),
      destroy: end
    }
  }

  return {
    newProducer,
    describeTopic: (topic) =>
      withAdmin(async (admin) => {
        try {
          const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
          const partitions = topics[0]?.partitions.length ?? 0
          return partitions === 0 ? undefined : { partitions }
        } catch (error) {
          if (codeOf(error) === "UNKNOWN_TOPIC_OR_PARTITION") return undefined
          throw error
        }
      }),
    createTopic: (topic, { minInSyncReplicas, partitions, replicationFactor = -1 }) =>
      withAdmin(async (admin) => {
        const minimum = String(minInSyncReplicas)
        const configEntries = [{ name: "min.insync.replicas", value: minimum }]
        const shape = { topic, numPartitions: partitions, replicationFactor }
        const entries = minInSyncReplicas === undefined ? {} : { configEntries }
        await admin.createTopics({ waitForLeaders: false, topics: [{ ...shape, ...entries }] })
      }),
    codeOf
  }
}
