/** What calls end as, over a real server of the REST API. */
import { expect, it } from "vitest"
import { serverForTests } from "../../../http/test/server.ts"
import { answerOf, CallNotAnswered, holdfastClient, RefusalThrown } from "../../src/index.ts"

const server = serverForTests()
const client = () => holdfastClient({ baseUrl: `http://127.0.0.1:${server.port()}` })

it("answers with what was done, and says when it is the first answer once more", async () => {
  const shop = client()
  const sku = { skuId: "tea-cup", code: "TEA-CUP", name: "Tea cup", initialStock: 5 }
  const made = await shop.skus.register(sku, { idempotencyKey: "sku-1" })
  expect(made).toMatchObject({ ok: true, isReplayed: false, answer: { id: "tea-cup" } })
  const again = await shop.skus.register(sku, { idempotencyKey: "sku-1" })
  expect(again).toMatchObject({ ok: true, isReplayed: true, answer: made.ok && made.answer })
  expect(answerOf(await shop.stock.get({ skuId: "tea-cup" }))).toMatchObject({
    availableQuantity: 5
  })
  const found = answerOf(await shop.stock.manyStatuses({ skuIds: ["tea-cup", "nobody"] }))
  expect(found.items.map(({ skuId }) => skuId)).toEqual(["tea-cup"])
})

it("answers with a refusal as data, with its fields", async () => {
  const shop = client()
  const skuId = await server.sku(3)
  const result = await shop.reservations.reserve({ skuId, quantity: 9, orderId: "too-much" })
  if (result.ok) throw new Error("nine of three were reserved")
  if (result.refusal.problem !== "insufficient-stock") throw new Error(result.refusal.problem)
  expect(result.refusal.lines).toMatchObject([{ skuId, requested: 9, available: 3 }])
  expect(() => answerOf(result)).toThrow(RefusalThrown)
  expect(() => answerOf(result)).toThrow(/^insufficient-stock: /)
})

it("changes a product only as its caller has seen it", async () => {
  const shop = client()
  const product = answerOf(
    await shop.products.create({
      name: "Cup",
      type: "NORMAL",
      options: [{ name: "One", price: { amount: "9.90", currency: "EUR" }, skuMappings: [] }]
    })
  )
  const seen = await shop.products.get({ productId: product.id })
  if (!seen.ok || seen.etag === null) throw new Error("a product has an etag")
  const ifMatch = seen.etag
  await shop.products.update({ productId: product.id, name: "Mug" })
  const late = await shop.products.update({ productId: product.id, name: "Glass" }, { ifMatch })
  expect(late).toMatchObject({ ok: false, refusal: { problem: "stale-expectation" } })
})

it("pages through a list, and asks for lists and attributes in a query", async () => {
  const shop = client()
  const skus = await Promise.all([server.sku(1), server.sku(2), server.sku(3)])
  const statuses = answerOf(await shop.stock.statuses({ skuIds: skus }))
  expect(statuses.items).toHaveLength(3)
  let cursor: string | null = null
  const met: Array<string> = []
  do {
    const page: { readonly items: ReadonlyArray<{ readonly id: string }>; next: string | null } =
      answerOf(await shop.skus.list({ size: 2, ...(cursor === null ? {} : { cursor }) }))
    met.push(...page.items.map(({ id }) => id))
    cursor = page.next
  } while (cursor !== null)
  expect(new Set(met).size).toBe(met.length)
  expect(met).toEqual(expect.arrayContaining(skus))
  const found = await shop.products.list({ attributes: { colour: ["red", "blue"] } })
  expect(found).toMatchObject({ ok: false, refusal: { problem: "attribute-not-found" } })
})

it("throws what is neither an answer nor a refusal", async () => {
  const elsewhere = holdfastClient({
    baseUrl: `http://127.0.0.1:${server.port()}/elsewhere`,
    retriesMax: 0
  })
  const thrown = await elsewhere.skus.list().catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(CallNotAnswered)
  expect(thrown).toMatchObject({ reason: "unexpected", status: 404 })
  expect(String(thrown)).toContain(`/elsewhere", the address of the API, with its base path`)
  await expect(elsewhere.events.stream({ after: 0 }).next()).rejects.toMatchObject({
    reason: "unexpected",
    status: 404
  })
})

it("takes no page of a web site for an answer", async () => {
  const site = holdfastClient({
    baseUrl: "http://shop.example",
    fetch: async () =>
      new Response("<!doctype html>\n\n<p>Welcome", { headers: { "content-type": "text/html" } })
  })
  for (const call of [() => site.skus.list(), () => site.events.stream({ after: 0 }).next()]) {
    await expect(call()).rejects.toMatchObject({
      reason: "unexpected",
      status: 200,
      message: expect.stringContaining(`is baseUrl, "http://shop.example", the address of the API`)
    })
  }
})

it("names a file that is missing, before anything is sent", async () => {
  const kind = { kind: "stock" as const }
  await expect(client().imports.bring(kind as never)).rejects.toThrow(
    new TypeError("file must be the text of the file, or a Blob")
  )
})
