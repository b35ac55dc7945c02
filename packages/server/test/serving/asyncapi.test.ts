/** What a server sends to a real Kafka and into its stream fits its own `/asyncapi.json`. */
import { sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, post, send } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"
import { followTopic } from "./topics.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ajv = new Ajv2020({ strict: true, allErrors: true })
addFormats.default(ajv)

const troubles = (schema: object, value: unknown): ReadonlyArray<string> => {
  const validate = ajv.compile(schema)
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** Events of several types, with a caller who is known by a correlation id, and without. */
const trade = async (url: string) => {
  const skuId = "tee"
  const sku = { skuId, code: "TEE", name: "Tee", initialStock: 3, lowStockThreshold: 1 }
  await post(url, "/api/skus", sku)
  const order = { skuId, quantity: 3, orderId: "order-1", ttl: 60 }
  const headers = {
    "x-correlation-id": "checkout-1",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
  }
  await send(url, "POST", "/api/inventory/reservations", order, headers)
  await post(url, "/api/inventory/orders/order-1/confirm")
  await post(url, "/api/inventory/orders/order-1/fulfil")
}

const happened = [
  "inventory.sku.created",
  "inventory.stock.confirmed",
  "inventory.stock.depleted",
  "inventory.stock.fulfilled",
  "inventory.stock.low",
  "inventory.stock.replenished",
  "inventory.stock.reserved",
  "inventory.stock.updated"
]

describeKafka("a server with --kafka", () => {
  it("publishes to the topic, with the key, the headers and the envelope that it describes", async () => {
    const { brokers } = await sharedKafka()
    const topicPrefix = `described-${process.pid}`
    await using server = await startServer([
      "--memory",
      ...["--kafka", brokers.join(","), "--kafka-create-topics", "--kafka-partitions", "3"],
      ...["--kafka-topic-prefix", topicPrefix]
    ])
    await trade(server.url)
    await server.logs("events go to Kafka")
    const { body: document } = await get(server.url, "/asyncapi.json")
    const { address } = document.channels.inventory
    expect(address).toBe(`${topicPrefix}.inventory`)
    await using topic = await followTopic(brokers, address)
    const types = () => [...new Set(topic.received.map(({ eventType }) => eventType))].sort()
    await eventually(async () => (types().length >= happened.length ? true : undefined))
    expect(types()).toEqual(happened)
    for (const { headers, key, value } of topic.messages) {
      const type = headers["eventType"] ?? ""
      const message = document.components.messages[type]
      expect([type, troubles(message.headers, headers)]).toEqual([type, []])
      expect([type, troubles(document.components.schemas[type], value)]).toEqual([type, []])
      expect(value).toMatchObject({ eventType: type, aggregateId: key })
    }
    const correlated = topic.messages.filter(({ headers }) => "correlationId" in headers)
    expect(correlated.map(({ headers }) => headers["eventType"])).toContain(
      "inventory.stock.reserved"
    )
    expect((await server.stop()).code).toBe(0)
  })
})

it("streams what it describes", async () => {
  await using server = await startServer(["--memory"])
  const { body: document } = await get(server.url, "/asyncapi.json")
  const { address, messages } = document.channels.stream
  await trade(server.url)
  const leaving = new AbortController()
  const answer = await fetch(`${server.url}${address}?after=0`, { signal: leaving.signal })
  const seen = new Set<string>()
  let text = ""
  for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part
    const whole = text.split("\n\n")
    text = whole.pop() ?? ""
    for (const lines of whole) {
      const [, type = "", data = ""] = /^event: (.*)\ndata: (.*)$/m.exec(lines) ?? []
      if (type === "") continue
      const schema = document.components.schemas[messages[type].name]
      expect([type, troubles(schema, JSON.parse(data))]).toEqual([type, []])
      seen.add(type)
    }
    if (happened.every((type) => seen.has(type))) break
  }
  leaving.abort()
  expect([...seen].sort()).toEqual(happened)
})
