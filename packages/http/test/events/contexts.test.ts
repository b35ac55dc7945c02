/** The events of two contexts over one API: each has a log of its own. */
import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { deafSender } from "../webhooks/deafSender.ts"
import { readStream } from "./eventStream.ts"

const { get, patch, port, post, sku } = serverForTests({ webhooks: { sender: deafSender } })

const productOf = async (name: string): Promise<string> =>
  (await post("/api/products", { name, type: "NORMAL" })).json.id

describe("the events of the catalog", () => {
  it("are asked for by their context, and are not in the log of the inventory", async () => {
    const id = await productOf("Socks")
    const skuId = await sku(3)
    const catalog = await get("/api/events?context=catalog")
    expect(
      catalog.json.items.map(({ aggregateId }: { aggregateId: string }) => aggregateId)
    ).toContain(id)
    const inventory = await get("/api/events")
    const about = inventory.json.items.map(
      ({ aggregateId }: { aggregateId: string }) => aggregateId
    )
    expect([about.includes(skuId), about.includes(id)]).toEqual([true, false])
    expect((await get("/api/events?context=inventory")).json).toEqual(inventory.json)
  })

  it("are found by types and by products", async () => {
    const id = await productOf("Shoes")
    await productOf("Hats")
    const found = await get(`/api/events?context=catalog&aggregateIds=${id}&types=product.created`)
    expect(found.json.items).toMatchObject([{ eventType: "product.created", aggregateId: id }])
    const none = await get("/api/events?context=catalog&types=category.moved")
    expect(none.json.items).toEqual([])
  })

  it.each([
    ["/api/events?types=inventory.stock.low,product.created", "types.1"],
    ["/api/events/stream?types=product.created", "types.0"],
    ["/api/events?context=catalog&types=inventory.stock.low", "types.0"],
    ["/api/events?context=catalog&orderId=order-1", "orderId"],
    ["/api/events?context=shop", "context"]
  ])("cannot be asked for what is of the other context: %s", async (path, field) => {
    const { json, status } = await get(path)
    expect([status, json.issues[0].path]).toEqual([400, field])
  })

  it("are a stream of their own", async () => {
    const { json } = await get("/api/events?context=catalog")
    const after = json.next
    const stream = readStream(
      await fetch(`http://127.0.0.1:${port()}/api/events/stream?context=catalog&after=${after}`)
    )
    const id = await productOf("Gloves")
    const [event] = await stream.messages(1)
    expect(event).toMatchObject({ event: "product.created", data: { aggregateId: id } })
    await stream.leave()
  })
})

describe("a webhook", () => {
  const url = "https://shop.example/hooks"
  const made = (body: object, headers = {}) => post("/api/webhooks", { url, ...body }, headers)

  it("is of one context: the inventory's unless another is named", async () => {
    const ofStock = (await made({})).json
    const ofProducts = (await made({ context: "catalog", eventTypes: ["product.deleted"] })).json
    expect([ofStock.context, ofProducts.context]).toEqual(["inventory", "catalog"])
    const { items } = (await get("/api/webhooks")).json
    const contexts = new Map(
      items.map((one: Record<string, string>) => [one["webhookId"], one["context"]])
    )
    expect(contexts.get(ofStock.webhookId)).toBe("inventory")
    expect(contexts.get(ofProducts.webhookId)).toBe("catalog")
    const read = await get(`/api/webhooks/${ofProducts.webhookId}`)
    expect(read.json).toMatchObject({ context: "catalog", eventTypes: ["product.deleted"] })
  })

  it("takes the types of its context alone, also when it is changed", async () => {
    const wrong = await made({ eventTypes: ["product.deleted"] })
    expect([wrong.status, wrong.json.issues[0]]).toEqual([
      400,
      {
        path: "eventTypes.0",
        message: "is a type of the context catalog, and this is about inventory"
      }
    ])
    const { webhookId } = (await made({ context: "catalog" })).json
    const path = `/api/webhooks/${webhookId}`
    const changed = await patch(path, { eventTypes: ["inventory.stock.low"] })
    expect([changed.status, changed.json.issues[0].path]).toEqual([400, "eventTypes.0"])
    expect((await patch(path, { eventTypes: ["category.moved"] })).json.eventTypes).toEqual([
      "category.moved"
    ])
  })

  it("is another one in another context, also with the same key", async () => {
    const headers = { "idempotency-key": "hook-1" }
    const first = (await made({}, headers)).json
    const second = (await made({ context: "catalog" }, headers)).json
    expect(second.webhookId).not.toBe(first.webhookId)
    expect((await made({}, headers)).json.webhookId).toBe(first.webhookId)
    expect((await made({ context: "catalog" }, headers)).json.webhookId).toBe(second.webhookId)
  })
})
