/**
 * What goes to Kafka is what the committed AsyncAPI document says: the topic, the key and the headers
 * of each type of event, and the envelope.
 */
import { readFileSync } from "node:fs"
import type { KeptEvent } from "@holdfast/core/events"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import * as DateTime from "effect/DateTime"
import { describe, expect, it } from "vitest"
import { messageOf } from "../src/messages/messageOf.ts"
import { topicOf } from "../src/messages/topicOf.ts"

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../docs/events/${file}`, import.meta.url), "utf8"))

const document = read("asyncapi.json")
const types = Object.keys(document.components.messages)

const ajv = new Ajv2020({ strict: true, allErrors: true })
addFormats.default(ajv)

const troubles = (schema: object, value: unknown): ReadonlyArray<string> => {
  const validate = ajv.compile(schema)
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** The example of a type, as a log keeps it. */
const keptOf = (type: string): KeptEvent => {
  const [{ payload, timestamp, ...envelope }] = read(`schemas/${type}.json`).examples
  return {
    ...envelope,
    position: 1,
    timestamp: DateTime.makeUnsafe(timestamp),
    payloadJson: JSON.stringify(payload)
  }
}

describe.each(types)("%s", (type) => {
  const event = keptOf(type)
  const { headers } = document.components.messages[type]

  it("goes to the topic that has its message", () => {
    const topic = topicOf({ topicPrefix: "holdfast", topics: "context" }, type)
    const places = Object.values<{ address: string; messages: object }>(document.channels)
      .filter(({ messages }) => Object.hasOwn(messages, type))
      .map(({ address }) => address)
    expect(places).toContain(topic)
  })

  it("has the headers that are described, and no others", () => {
    const sent = messageOf(event).headers
    expect(troubles(headers, sent)).toEqual([])
    expect(Object.keys(sent).sort()).toEqual(Object.keys(headers.properties).sort())
    const bare = messageOf({ ...event, correlationId: null, traceparent: null }).headers
    expect(troubles(headers, bare)).toEqual([])
    // Messages that were kept before it was added lack this one, so readers may not require it.
    expect(Object.keys(bare).sort()).toEqual([...headers.required, "aggregateType"].sort())
  })

  it("has the aggregate as its key, and the envelope that is described as its value", () => {
    const { key, value } = messageOf(event)
    const sent = JSON.parse(value.toString())
    expect(key.toString()).toBe(sent.aggregateId)
    expect(troubles(document.components.schemas[type], sent)).toEqual([])
    expect(sent).toEqual(read(`schemas/${type}.json`).examples[0])
  })
})

it("would notice another header", () => {
  const type = "inventory.stock.reserved"
  const { headers } = document.components.messages[type]
  const sent = messageOf(keptOf(type)).headers
  expect(troubles(headers, { ...sent, ce_source: "urn:holdfast:catalog" })).toHaveLength(1)
  const { ce_id: _, ...rest } = sent
  expect(troubles(headers, rest)).toHaveLength(1)
})
