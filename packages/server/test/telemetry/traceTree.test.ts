/**
 * One trace through HTTP, the batch, the relay, Kafka and the consumer, and out through a webhook, over a
 * real server and a real Kafka.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import { Producer, stringSerializers } from "@platformatic/kafka"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { post, registerSku } from "../requests.ts"
import { followTopic } from "../serving/topics.ts"
import { startServer } from "../ServerProcess.ts"
import { type SinkSpan, startSink } from "./otlpSink.ts"

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
const caller = "00f067aa0ba902b7"

/** A receiver that keeps the trace context of each event, by the kind of the event. */
const startReceiver = async () => {
  const contexts = new Map<string, string | undefined>()
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request.setEncoding("utf8")) body += chunk
    const header = request.headers["traceparent"]
    contexts.set(JSON.parse(body).eventType, typeof header === "string" ? header : undefined)
    response.writeHead(204).end()
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  return {
    contexts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    }
  }
}

describeKafka("a trace of a server with Kafka", () => {
  it("leads from the caller through batch, relay and Kafka to a consumer and a webhook", async () => {
    const { brokers } = await sharedKafka()
    const name = `traced-${process.pid}`
    await using sink = await startSink()
    await using receiver = await startReceiver()
    await using server = await startServer(
      [
        "--memory",
        ...["--webhook-allow", "private,http"],
        ...["--kafka", brokers.join(","), "--kafka-topic-prefix", name],
        ...["--kafka-create-topics", "--kafka-partitions", "1"],
        ...["--orders-topic", `${name}.orders`, "--orders-group", name]
      ],
      { env: { ...sink.env, OTEL_TRACES_SAMPLER: "parentbased_always_off" } }
    )
    await registerSku(server.url, "mug", 5)
    await server.logs("orders come from Kafka")
    await post(server.url, "/api/webhooks", {
      url: receiver.url,
      secret: `whsec_${Buffer.from("r".repeat(32)).toString("base64")}`
    })
    const span = (is: (one: SinkSpan) => boolean) => eventually(async () => sink.spans.find(is))

    const reserved = await post(
      server.url,
      "/api/inventory/reservations",
      { orderId: "order-1", skuId: "mug", quantity: 1 },
      { traceparent: `00-${traceId}-${caller}-01` }
    )
    expect(reserved.status).toBe(201)
    const request = await span((one) => one.name === "POST /api/inventory/reservations")
    expect(request).toMatchObject({ traceId, parentSpanId: caller })
    const toRequest = { traceId, spanId: request.spanId }

    const batch = await span((one) => one.name === "commit batch" && one.traceId === traceId)
    expect(batch.parentSpanId).toBe(request.spanId)
    expect(batch.links[0]).toMatchObject(toRequest)
    expect(request.links.map(({ spanId }) => spanId)).toContain(batch.spanId)
    const relay = await span((one) => one.name.startsWith("relay ") && one.traceId === traceId)
    expect(relay).toMatchObject({ kind: 4, parentSpanId: request.spanId })
    expect(relay.links[0]).toMatchObject(toRequest)

    await using topic = await followTopic(brokers, `${name}.inventory`)
    const message = await eventually(async () =>
      topic.messages.find(({ headers }) => headers["traceparent"] !== undefined)
    )
    const sent = message.headers["traceparent"] ?? ""
    expect(sent).toBe(`00-${traceId}-${request.spanId}-01`)
    const delivery = await span((one) => one.name === "deliver webhook" && one.traceId === traceId)
    expect(delivery.parentSpanId).toBe(request.spanId)
    await eventually(async () => receiver.contexts.get("inventory.stock.reserved"))
    expect(receiver.contexts.get("inventory.stock.reserved")).toMatch(
      new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)
    )

    // A service of the shop answers the event with an order, and passes its trace on.
    const producer = new Producer({
      clientId: "tests",
      bootstrapBrokers: [...brokers],
      serializers: stringSerializers,
      retries: 30
    })
    const order = {
      ...{ eventId: `${name}-1`, eventType: "order.created", aggregateId: "order-2" },
      timestamp: new Date().toISOString(),
      payload: { orderId: "order-2", lines: [{ skuId: "mug", quantity: 1 }] }
    }
    await producer.send({
      messages: [
        {
          topic: `${name}.orders`,
          key: "order-2",
          value: JSON.stringify(order),
          headers: { traceparent: sent }
        }
      ]
    })
    const consumed = await span((one) => one.name === `process ${name}.orders`)
    expect(consumed).toMatchObject({ kind: 5, traceId, parentSpanId: request.spanId })
    const second = await span(
      (one) => one.name === "commit batch" && one.parentSpanId === consumed.spanId
    )
    expect(second.links[0]).toMatchObject({ traceId, spanId: consumed.spanId })
    const answered = await span(
      (one) => one.name.startsWith("relay ") && one.parentSpanId === consumed.spanId
    )
    expect(answered.traceId).toBe(traceId)
    await producer.close()

    // One tree: every span of the trace hangs below the request, which hangs below its caller.
    const tree = sink.spans.filter((one) => one.traceId === traceId)
    const known = new Set([caller, ...tree.map(({ spanId }) => spanId)])
    expect(tree.filter(({ parentSpanId = "" }) => !known.has(parentSpanId))).toEqual([])
    expect(tree.filter(({ parentSpanId }) => parentSpanId === caller)).toHaveLength(1)
  })
})
