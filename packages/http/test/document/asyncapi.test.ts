/** The AsyncAPI document: valid by the schema of its specification, whole, and served. */
import { readFileSync } from "node:fs"
import specs from "@asyncapi/specs"
import * as Catalog from "@holdfast/core/catalog"
import { aggregateTypeOf, contextOf } from "@holdfast/core/events"
import { EventType } from "@holdfast/core/inventory"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import { describe, expect, it } from "vitest"
import { asyncApiDocument, type EventPlaces } from "../../src/index.ts"
import { serverForTests } from "../server.ts"

const { get } = serverForTests()

// biome-ignore lint/suspicious/noExplicitAny: a document is read by those who know what is in it
const made = (places?: EventPlaces): any => asyncApiDocument(places)

const validate = (() => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const { schemasWithoutId } = specs as unknown as {
    readonly schemasWithoutId: Readonly<Record<string, object>>
  }
  return ajv.compile(schemasWithoutId["3.0.0"] as object)
})()

const referencesIn = (value: unknown): ReadonlyArray<string> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, held]) =>
        key === "$ref" ? [String(held)] : referencesIn(held)
      )

const found = (document: unknown, reference: string): unknown =>
  reference
    .slice(2)
    .split("/")
    .reduce<unknown>((held, step) => (held as Record<string, unknown>)?.[step], document)

describe("the AsyncAPI document", () => {
  it("is served, and is the one in docs/events", async () => {
    const { headers, json, status } = await get("/asyncapi.json")
    expect([status, headers["content-type"]]).toEqual([200, "application/json"])
    const kept = new URL("../../../../docs/events/asyncapi.json", import.meta.url)
    expect(json).toEqual(JSON.parse(readFileSync(kept, "utf8")))
  })

  it.each<[string, EventPlaces]>([
    ["as it is", {}],
    ["under a path", { basePath: "/shop" }],
    ["with a topic for each type", { kafkaTopics: { topics: "eventType", topicPrefix: "shop" } }]
  ])("is AsyncAPI 3.0 %s", (_, places) => {
    const document = made(places)
    expect([validate(document), validate.errors ?? []]).toEqual([true, []])
    expect(document.asyncapi).toBe("3.0.0")
  })

  it("would not be, if it lacked what the specification asks for", () => {
    const { title: _, ...info } = made().info
    expect(validate({ ...made(), info })).toBe(false)
    const { address: __, messages, ...channel } = made().channels.inventory
    const wrong = { ...channel, address: 7, messages }
    expect(validate({ ...made(), channels: { inventory: wrong } })).toBe(false)
  })

  it("refers to nothing that it does not hold", () => {
    const document = made()
    const references = new Set(referencesIn(document))
    expect(references.size).toBeGreaterThan(20)
    for (const reference of references) {
      expect([reference, found(document, reference)]).toEqual([reference, expect.anything()])
    }
  })

  it("has every type of event in the topic of its context and in the stream", () => {
    const { channels, components } = made()
    const types = [...EventType.literals, ...Catalog.EventType.literals]
    expect(types.length).toBeGreaterThanOrEqual(25)
    for (const type of types) {
      const context = contextOf(type)
      expect(channels[context].address).toBe(`holdfast.${context}`)
      expect(channels[context].bindings.kafka.topic).toBe(`holdfast.${context}`)
      expect(channels[context].messages[type]).toEqual({ $ref: `#/components/messages/${type}` })
      expect(channels.stream.messages[type].payload.$ref).toBe(`#/components/schemas/${type}`)
      const { properties, required } = components.schemas[type]
      expect(properties.eventType.const).toBe(type)
      expect(properties.aggregateType.const).toBe(aggregateTypeOf(type))
      expect(required).toEqual(expect.arrayContaining(["eventId", "version", "payload"]))
    }
    expect(Object.keys(components.schemas)).toEqual(types)
  })

  it("has the stream where the API has it, with its last message", async () => {
    const { channels } = made()
    const { json } = await get("/openapi.json")
    expect(Object.keys(json.paths)).toContain(channels.stream.address)
    const { properties } = channels.stream.messages.gone.payload
    expect(properties.type.const).toBe("urn:holdfast:problem:position-gone")
    expect(properties).toHaveProperty("horizon")
  })

  it("says in a sentence when each type happens", () => {
    const { components } = made()
    const types = [...EventType.literals, ...Catalog.EventType.literals]
    const sentences = types.map((type) => components.messages[type].summary)
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{15,}\.$/)
    expect(new Set(sentences).size).toBe(sentences.length)
  })

  it("has the topics that the settings of the publisher make", () => {
    const { channels } = made({ kafkaTopics: { topics: "eventType", topicPrefix: "shop" } })
    expect(channels["inventory.stock.low"]).toMatchObject({ address: "shop.inventory.stock.low" })
    expect(Object.keys(channels["inventory.stock.low"].messages)).toEqual(["inventory.stock.low"])
    expect(channels.inventory).toBeUndefined()
    expect(made({ kafkaTopics: { topicPrefix: "shop" } }).channels.inventory.address).toBe(
      "shop.inventory"
    )
  })
})

describe("the AsyncAPI document of one context", () => {
  it.each([
    ["inventory", ["inventory", "ordering"]],
    ["catalog", ["catalog"]]
  ] as const)("has the topics and the types of the %s alone", (context, topics) => {
    const document = made({ contexts: [context] })
    expect([validate(document), validate.errors ?? []]).toEqual([true, []])
    expect(Object.keys(document.channels)).toEqual([...topics, "stream"])
    const types: ReadonlyArray<string> = Object.keys(document.components.schemas)
    expect(types.length).toBeGreaterThan(8)
    for (const type of types) expect(topics).toContain(contextOf(type))
  })
})

describe("the AsyncAPI document of a server that publishes elsewhere", () => {
  const shop = serverForTests({ kafkaTopics: { topicPrefix: "shop" } })

  it("names the topics of that server", async () => {
    const { json } = await shop.get("/asyncapi.json")
    expect(json.channels.inventory.address).toBe("shop.inventory")
  })
})
