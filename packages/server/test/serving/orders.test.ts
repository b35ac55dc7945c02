/** Events about orders go into Kafka, and what became of each order comes out of it. */
import { sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import { Producer, stringSerializers } from "@platformatic/kafka"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, post } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"
import { followTopic } from "./topics.ts"

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let worlds = 0

/** A server that takes orders from a topic of its own and publishes to topics of its own. */
const openShop = async (client: "kafkajs" | "platformatic") => {
  const { brokers } = await sharedKafka()
  const name = `shop-${process.pid}-${++worlds}`
  const orders = `${name}.orders`
  const server = await startServer([
    "--memory",
    ...["--kafka", brokers.join(","), "--kafka-client", client, "--kafka-topic-prefix", name],
    ...["--kafka-create-topics", "--kafka-partitions", "3"],
    ...["--orders-topic", orders, "--orders-group", name]
  ])
  await post(server.url, "/api/skus", { skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  await server.logs("orders come from Kafka")
  const producer = new Producer({
    clientId: "tests",
    bootstrapBrokers: brokers.slice(),
    serializers: stringSerializers,
    retries: 30
  })
  const sendText = (key: string, value: string) =>
    producer.send({ messages: [{ topic: orders, key, value }] })
  let events = 0
  const send = (eventType: string, orderId: string, payload: object = {}, id?: string) =>
    sendText(
      orderId,
      JSON.stringify({
        eventId: id ?? `${name}-${++events}`,
        eventType,
        aggregateId: orderId,
        timestamp: new Date().toISOString(),
        payload
      })
    )
  return {
    brokers,
    name,
    orders,
    send,
    sendText,
    server,
    create: (orderId: string, quantity: number, id?: string) =>
      send("order.created", orderId, { orderId, lines: [{ skuId: "mug", quantity }] }, id),
    [Symbol.asyncDispose]: async () => {
      await producer.close()
      await server[Symbol.asyncDispose]()
    }
  }
}

for (const client of ["platformatic", "kafkajs"] as const) {
  describeKafka(`a server with --orders-topic (${client})`, () => {
    it("reserves an order that is created, rejects one that is short, and confirms what is paid", async () => {
      await using shop = await openShop(client)
      // The topic of answers is there once the first order is answered.
      await eventually(async () => {
        await shop.create("order-1", 2, "created-1")
        const { body } = await get(shop.server.url, "/api/inventory/mug")
        return body.reservedQuantity === 2 ? true : undefined
      })
      await shop.create("order-2", 2)
      await shop.send("order.paid", "order-1")
      await using answers = await followTopic(shop.brokers, `${shop.name}.ordering`)
      const kinds = (orderId: string) =>
        answers.received
          .filter(({ aggregateId }) => aggregateId === orderId)
          .map(({ eventType }) => eventType)
      await eventually(async () =>
        kinds("order-1").length >= 2 && kinds("order-2").length >= 1 ? true : undefined
      )
      expect(kinds("order-1")).toEqual(["ordering.order.reserved", "ordering.order.confirmed"])
      expect(kinds("order-2")).toEqual(["ordering.order.rejected"])
      const { body } = await get(shop.server.url, "/api/inventory/mug")
      expect(body).toMatchObject({ totalQuantity: 3, reservedQuantity: 2, availableQuantity: 1 })
    })

    it("puts what it cannot read among the dead letters, with the cause, and goes on", async () => {
      await using shop = await openShop(client)
      await shop.sendText("order-1", "no JSON")
      await shop.send("order.shipped", "order-1")
      await shop.create("order-1", 1)
      await eventually(async () => {
        const { body } = await get(shop.server.url, "/api/inventory/mug")
        return body.reservedQuantity === 1 ? true : undefined
      })
      const { log } = shop.server
      await eventually(async () =>
        (log().match(/goes among the dead letters/g) ?? []).length >= 2 ? true : undefined
      )
      expect(log()).toMatch(/dead letters: [^\n]*JSON/)
      expect(log()).toMatch(/dead letters: [^\n]*must be one of/)
    })
  })
}
