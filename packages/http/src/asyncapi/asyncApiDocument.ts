/**
 * The AsyncAPI 3 document: where events are, what they look like there, and when each type happens.
 * It is made from the schemas that the inventory encodes with, so a new event type needs no line
 * here.
 */
import { contextOf } from "@holdfast/core/events"
import * as Schema from "effect/Schema"
import { type ContextName, everyContext } from "../events/contexts.ts"
import { lastMessage } from "../events/eventProblems.ts"
import { type JsonSchema, readerSchemaOf, readerSchemas } from "./readerSchema.ts"

/** How events are spread over the topics of Kafka: the settings of the publisher. */
export interface KafkaTopics {
  /** What the names of topics begin with: `holdfast`. */
  readonly topicPrefix?: string | undefined
  /** One topic for each context, which is the default, or for each type of event. */
  readonly topics?: "context" | "eventType" | undefined
}

/** Where a server has its events. */
export interface EventPlaces {
  /** The path that the API lives under; empty at the root. */
  readonly basePath?: string | undefined
  readonly kafkaTopics?: KafkaTopics | undefined
  /** Whose events it has: those of the inventory and of the catalog. */
  readonly contexts?: ReadonlyArray<ContextName> | undefined
}

type Json = Readonly<Record<string, unknown>>

const schemaRef = (eventType: string) => ({ $ref: `#/components/schemas/${eventType}` })
const text = (description: string) => ({ type: "string", description })
const always = (value: string) => ({ type: "string", const: value })

/** The headers of a message: fields of the envelope, and CloudEvents 1.0 in binary mode. */
const headersOf = (eventType: string): JsonSchema => ({
  type: "object",
  properties: {
    eventType: always(eventType),
    eventId: text("The id of the event: the same when it arrives again"),
    aggregateType: text("What the event happened to, such as SKU; older messages lack it"),
    version: text("The version of the aggregate, in decimal digits"),
    correlationId: text("Left out when the event has none"),
    traceparent: text("The W3C trace context; left out when the event has none"),
    "content-type": always("application/json"),
    ce_specversion: always("1.0"),
    ce_id: text("The id of the event"),
    ce_type: always(eventType),
    ce_source: always(`urn:holdfast:${contextOf(eventType)}`),
    ce_subject: text("The id of the aggregate"),
    ce_time: { ...text("When the event was recorded"), format: "date-time" }
  },
  required: [
    "eventType",
    "eventId",
    "version",
    "content-type",
    "ce_specversion",
    "ce_id",
    "ce_type",
    "ce_source",
    "ce_subject",
    "ce_time"
  ],
  additionalProperties: true
})

/** What a message is, wherever it is read. */
const messageOf = (eventType: string, schema: JsonSchema): Json => ({
  name: eventType,
  title: eventType,
  summary: schema["description"],
  contentType: "application/json",
  payload: schemaRef(eventType)
})

const kafkaBinding = "0.5.0"

const kafkaMessage = (eventType: string, schema: JsonSchema): Json => ({
  ...messageOf(eventType, schema),
  headers: headersOf(eventType),
  correlationId: { location: "$message.header#/correlationId" },
  bindings: {
    kafka: {
      key: text("The id of the aggregate, so that its events are in one partition, in order"),
      bindingVersion: kafkaBinding
    }
  }
})

const servers = (basePath: string): Json => ({
  kafka: {
    host: "{broker}",
    protocol: "kafka",
    description: "The brokers that the server or a relay publishes to, if there are any.",
    variables: { broker: { default: "127.0.0.1:9092", description: "Any broker" } }
  },
  http: {
    host: "{host}",
    ...(basePath === "" ? {} : { pathname: basePath }),
    protocol: "http",
    description: "The REST API. Your gateway may serve it over HTTPS.",
    variables: { host: { default: "127.0.0.1:3000", description: "Where the API is" } }
  }
})

const topicChannel = (address: string, id: string, eventTypes: ReadonlyArray<string>): Json => ({
  address,
  title: address,
  description:
    eventTypes.length === 1
      ? `A topic of Kafka: the events \`${id}\`.`
      : `A topic of Kafka: all events of the context ${id}. Those of one aggregate come in the order of its versions.`,
  servers: [{ $ref: "#/servers/kafka" }],
  messages: Object.fromEntries(
    eventTypes.map((type) => [type, { $ref: `#/components/messages/${type}` }])
  ),
  bindings: { kafka: { topic: address, bindingVersion: kafkaBinding } }
})

const goneMessage = (): Json => ({
  name: "gone",
  title: "gone",
  summary:
    "The last message of a stream whose next events were dropped: read the state, then follow the log from its end.",
  contentType: "application/json",
  payload: readerSchemaOf(Schema.toEncoded(lastMessage))
})

const streamChannel = (schemas: ReadonlyArray<readonly [string, JsonSchema]>): Json => ({
  address: "/api/events/stream",
  title: "The event log as it grows",
  description: [
    "Server-Sent Events. The `id` of a message is the position of its event in the log, a point and",
    "the id of the event; its `event` is the type, and its `data` the envelope. `?context=catalog`",
    "asks a server that has both for the events of products and categories. Connect again with",
    "`Last-Event-ID` to miss nothing, and to be refused when the log was restored to an earlier state.",
    "When the next events were dropped meanwhile, the last message is `gone`."
  ].join(" "),
  servers: [{ $ref: "#/servers/http" }],
  messages: {
    ...Object.fromEntries(schemas.map(([type, schema]) => [type, messageOf(type, schema)])),
    gone: goneMessage()
  }
})

const sends = (channel: string, summary: string, bindings: Json = {}): Json => ({
  action: "send",
  channel: { $ref: `#/channels/${channel}` },
  summary,
  ...bindings
})

/** The document, for a server that has its events in these places. */
export const asyncApiDocument = ({
  basePath = "",
  contexts = everyContext,
  kafkaTopics = {}
}: EventPlaces = {}): Json => {
  const { topicPrefix = "holdfast", topics = "context" } = kafkaTopics
  const schemas = readerSchemas(contexts)
  const known: ReadonlyArray<readonly [string, JsonSchema]> = Object.entries(schemas)
  const typesByTopic = new Map<string, Array<string>>()
  for (const [type] of known) {
    const id = topics === "context" ? contextOf(type) : type
    typesByTopic.set(id, [...(typesByTopic.get(id) ?? []), type])
  }
  const channels = [...typesByTopic].map(
    ([id, types]) => [id, topicChannel(`${topicPrefix}.${id}`, id, types)] as const
  )
  const publishing = channels.map(
    ([id]) =>
      [`publish.${id}`, sends(id, "Committed events are published, at least once.")] as const
  )
  return {
    asyncapi: "3.0.0",
    id: "urn:holdfast",
    info: {
      title: "Holdfast events",
      version: "1",
      description: [
        "What happens to stock and products, as events that others can follow. An event arrives at least once,",
        "and those of one aggregate in the order of its versions: drop a version that you have seen.",
        "Skip types that you do not know, and ignore fields that you do not know."
      ].join(" "),
      license: { name: "MIT" }
    },
    defaultContentType: "application/json",
    servers: servers(basePath),
    channels: Object.fromEntries([...channels, ["stream", streamChannel(known)]]),
    operations: Object.fromEntries([
      ...publishing,
      [
        "stream",
        sends("stream", "Committed events are streamed to who asks.", {
          bindings: { http: { method: "GET", bindingVersion: "0.3.0" } }
        })
      ]
    ]),
    components: {
      messages: Object.fromEntries(
        known.map(([type, schema]) => [type, kafkaMessage(type, schema)])
      ),
      schemas
    }
  }
}
