/** Servers and relays that publish to a real Kafka, as an operator starts them. */
import { freshDatabase, sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, post, send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { createTopicOf, followTopic, widenTopic } from "./topics.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const nobody = "127.0.0.1:1"

let prefixes = 0
const freshPrefix = () => `server-${process.pid}-${++prefixes}`

const stocked = async (url: string, skuId: string) => {
  await post(url, "/api/skus", { skuId, code: skuId, name: skuId, initialStock: 100 })
}

const reserve = (url: string, skuId: string, orderId: string) =>
  post(url, "/api/inventory/reservations", { orderId, skuId, quantity: 1 })

describeKafka("a server with --kafka", () => {
  for (const client of ["platformatic", "kafkajs"]) {
    it(`publishes what is committed, in the order of each SKU (${client})`, async () => {
      const { brokers } = await sharedKafka()
      const prefix = freshPrefix()
      await using server = await startServer([
        "--memory",
        ...["--kafka", brokers.join(","), "--kafka-client", client],
        ...["--kafka-topic-prefix", prefix, "--kafka-create-topics", "--kafka-partitions", "3"]
      ])
      await stocked(server.url, "tee")
      await server.logs("events go to Kafka")
      await using topic = await followTopic(brokers, `${prefix}.inventory`)
      for (let n = 1; n <= 20; n++) await reserve(server.url, "tee", `order-${n}`)
      const ofTee = () => topic.received.filter(({ aggregateId }) => aggregateId === "tee")
      await eventually(async () => (ofTee().length >= 23 ? true : undefined))
      expect(ofTee().map(({ version }) => version)).toEqual(ofTee().map((_, n) => n + 1))
      expect(new Set(ofTee().map(({ eventId }) => eventId)).size).toBe(ofTee().length)
      expect(ofTee().map(({ eventType }) => eventType)).toContain("inventory.stock.reserved")
      expect((await server.stop()).code).toBe(0)
    })
  }
})

it("serves, and is ready, while no broker can be reached", async () => {
  await using server = await startServer(["--memory", "--kafka", nobody])
  expect((await get(server.url, "/health/ready")).status).toBe(200)
  await stocked(server.url, "tee")
  expect((await reserve(server.url, "tee", "order-1")).status).toBe(201)
  await server.logs("cannot be moved, trying again")
  expect((await server.stop()).code).toBe(0)
})

describeKafka("a server with --kafka and products", () => {
  it("needs no topic of an inventory where products are alone", async () => {
    const { brokers } = await sharedKafka()
    const prefix = freshPrefix()
    await createTopicOf(brokers, `${prefix}.catalog`, 1_000_000)
    await using server = await startServer([
      ...["--memory", "--service", "product"],
      ...["--kafka", brokers.join(","), "--kafka-topic-prefix", prefix]
    ])
    await using topic = await followTopic(brokers, `${prefix}.catalog`)
    await post(server.url, "/api/products", { name: "Tee", type: "NORMAL" })
    const [first] = await eventually(async () =>
      topic.received.length > 0 ? topic.received : undefined
    )
    expect(first).toMatchObject({ eventType: "product.created" })
  })

  it("publishes the events of products to a topic of their own, by a cursor of their own", async () => {
    const { brokers } = await sharedKafka()
    const prefix = freshPrefix()
    await using server = await startServer([
      "--memory",
      ...["--kafka", brokers.join(","), "--kafka-topic-prefix", prefix],
      ...["--kafka-create-topics", "--kafka-partitions", "3"]
    ])
    const made = await post(server.url, "/api/products", { name: "Tee", type: "NORMAL" })
    await server.logs('"context":"catalog"')
    await using topic = await followTopic(brokers, `${prefix}.catalog`)
    for (const name of ["Tee 2", "Tee 3"]) {
      await send(server.url, "PATCH", `/api/products/${made.body.id}`, { name })
    }
    await eventually(async () => (topic.received.length >= 3 ? true : undefined))
    expect(topic.received.map(({ aggregateId, version }) => [aggregateId, version])).toEqual(
      [1, 2, 3].map((version) => [made.body.id, version])
    )
    expect((await server.stop()).code).toBe(0)
  })
})

describePostgres(18, "several servers with --kafka", () => {
  describeKafka("on one database", () => {
    it("publish each event once in order; when the active one dies, another goes on", async () => {
      const { brokers } = await sharedKafka()
      const prefix = freshPrefix()
      const database = await freshDatabase()
      const args = [
        ...["--kafka", brokers.join(","), "--kafka-topic-prefix", prefix],
        ...["--kafka-create-topics", "--kafka-partitions", "3"]
      ]
      const options = { env: { HOLDFAST_DATABASE: database.url } }
      try {
        await using first = await startServer(args, options)
        await using second = await startServer(args, options)
        await stocked(first.url, "tee")
        await using topic = await followTopic(brokers, `${prefix}.inventory`)
        for (let n = 1; n <= 10; n++) await reserve(first.url, "tee", `order-${n}`)
        const ofTee = () => topic.received.filter(({ aggregateId }) => aggregateId === "tee")
        await eventually(async () => (ofTee().length >= 13 ? true : undefined))
        await first.kill9()
        for (let n = 11; n <= 20; n++) await reserve(second.url, "tee", `order-${n}`)
        const versions = () => new Set(ofTee().map(({ version }) => version))
        await eventually(async () => (versions().size >= 23 ? true : undefined))
        // A repeat is allowed after a death; first deliveries come in order.
        expect([...versions()]).toEqual(Array.from({ length: 23 }, (_, n) => n + 1))
        expect((await second.stop()).code).toBe(0)
      } finally {
        await database.drop()
      }
    })
  })
})

describePostgres(18, "an event that its topic cannot take", () => {
  describeKafka("with a limit that is raised later", () => {
    it("is left out, and is published by redrive once the topic can take it", async () => {
      const { brokers } = await sharedKafka()
      const prefix = freshPrefix()
      const topicName = `${prefix}.inventory`
      await createTopicOf(brokers, topicName, 2_500)
      const database = await freshDatabase()
      const options = { env: { HOLDFAST_DATABASE: database.url } }
      const args = ["--kafka", brokers.join(","), "--kafka-topic-prefix", prefix]
      const redrive = async (...words: ReadonlyArray<string>) => {
        const { code, stderr, stdout } = await holdfast(
          ["events", "redrive", ...words, ...args],
          options
        )
        return { code, stderr, value: JSON.parse(stdout || "null") }
      }
      try {
        await using server = await startServer(args, options)
        const sku = { code: "TEE", name: "Tee", initialStock: 1, description: "x".repeat(4_000) }
        await post(server.url, "/api/skus", { skuId: "tee", ...sku })
        await server.logs("an event was left out")
        await using topic = await followTopic(brokers, topicName)
        const types = () => topic.received.map(({ eventType }) => eventType)
        await eventually(async () => types().includes("inventory.stock.updated") || undefined)
        expect(types()).not.toContain("inventory.sku.created")

        expect(await redrive("kafka", "--json")).toMatchObject({
          code: 1,
          value: { redriven: 0, left: [{ cause: expect.stringContaining("max.message.bytes") }] }
        })
        await widenTopic(brokers, topicName, 1_000_000)
        const redriven = { cursor: "kafka", redriven: 1, left: [] }
        expect(await redrive("kafka", "--json")).toMatchObject({ code: 0, value: redriven })
        await eventually(async () => types().includes("inventory.sku.created") || undefined)
        expect((await redrive("kafka", "--json")).value).toEqual({ ...redriven, redriven: 0 })

        const unknown = await redrive("kafak", "--json")
        expect(unknown).toMatchObject({ code: 1, value: { error: { code: "CursorUnknown" } } })
        expect(unknown.value.error.message).toMatch(/the cursors are: .*kafka/)
        const nowhere = await holdfast(["events", "redrive", "kafka"], options)
        expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("--kafka") })
      } finally {
        await database.drop()
      }
    })
  })
})
