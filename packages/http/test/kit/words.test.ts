/** What a refusal says of each bad field: plain words, once a field, and no name of a schema. */
import { beforeAll, describe, expect, it } from "vitest"
import { type Answer, serverForTests } from "../server.ts"

const { call, get, post, sku } = serverForTests({ requestLinesMax: 3 })

let skuId = ""
beforeAll(async () => {
  skuId = await sku(10)
})

const issuesOf = ({ json, status }: Answer): ReadonlyArray<string> => {
  expect(status).toBe(400)
  return json.issues.map(({ message, path }: Record<string, string>) => `${path}: ${message}`)
}

describe("a bad field", () => {
  it("hears which kinds of value it takes", async () => {
    const fields = { description: 4, weight: "x", volume: {}, lowStockThreshold: "4" }
    expect(issuesOf(await post("/api/skus", { code: "a", name: "b", ...fields }))).toEqual([
      "description: must be text or null",
      "weight: must be a number or null",
      "volume: must be a number or null",
      "lowStockThreshold: must be a number or null"
    ])
    const receipt = { quantity: 1, occurredAt: 5 }
    expect(issuesOf(await post(`/api/inventory/${skuId}/receive`, receipt))).toEqual([
      "occurredAt: must be text or null"
    ])
    const confirm = await call("POST", "/api/inventory/orders/o/confirm", { raw: "[]" })
    expect(issuesOf(confirm)).toEqual([": must be an object or null"])
  })

  it("hears which words it takes", async () => {
    const adjust = { quantity: -1, reason: "lost", onShortfall: "X" }
    expect(issuesOf(await post(`/api/inventory/${skuId}/adjust`, adjust))).toEqual([
      'onShortfall: must be one of "REFUSE", "RELEASE_NEWEST", "ACCEPT"'
    ])
    const release = "/api/inventory/orders/o/reservations?confirmed=maybe"
    expect(issuesOf(await call("DELETE", release))).toEqual([
      'confirmed: must be "true" or "false"'
    ])
    expect(issuesOf(await get("/api/inventory/events?types=sold"))).toEqual([
      expect.stringMatching(/^types\.0: must be one of "inventory\.sku\.created", .*"[a-z.]+"$/)
    ])
  })

  it("is named once, by its bounds when a number is far out of them", async () => {
    const path = `/api/inventory/${skuId}/receive`
    for (const quantity of ["1e20", "1e300", "-1e300", "1e400", "9007199254740993", "0", "0.5"]) {
      const answer = await call("POST", path, { raw: `{"quantity":${quantity}}` })
      const whole = quantity === "0" ? "" : "a whole number "
      expect([quantity, issuesOf(answer)]).toEqual([
        quantity,
        [`quantity: must be ${whole}between 1 and 1000000000`]
      ])
    }
    expect(issuesOf(await post(path, { quantity: 1.5 }))).toEqual([
      "quantity: must be a whole number"
    ])
    expect(issuesOf(await get("/api/skus?size=many"))).toEqual(["size: must be a number"])
    expect(issuesOf(await get("/api/skus?size=99999999999999999999"))).toEqual([
      "size: must be a whole number between 1 and 1000"
    ])
  })
})

describe("a parameter that is given more than once", () => {
  it("hears so, whatever its values are", async () => {
    const once = "must be given once; it was given more than once"
    for (const query of ["size=1&size=2", "size=x&size=y", "code=a&code=a", "cursor=a&cursor=b"]) {
      const [name] = query.split("=")
      expect(issuesOf(await get(`/api/skus?${query}`))).toEqual([`${name}: ${once}`])
    }
    expect(issuesOf(await get("/api/inventory/events?after=1&after=x&size=y"))).toEqual([
      `after: ${once}`,
      "size: must be a number"
    ])
    const release = "/api/inventory/orders/o/reservations?confirmed=true&confirmed=false"
    expect(issuesOf(await call("DELETE", release))).toEqual([`confirmed: ${once}`])
  })

  it("is a list where a list is asked for", async () => {
    const known = await get(`/api/inventory/stock-status?skuIds=${skuId}&skuIds=none`)
    expect([known.status, known.json.unknownSkuIds]).toEqual([200, ["none"]])
    expect(issuesOf(await get("/api/inventory/stock-status?skuIds=,&skuIds="))).toEqual([
      "skuIds: must have a length between 1 and 100"
    ])
  })
})

describe("a number of lines that is too low or too high", () => {
  it("hears the bound of this server, not that of the engine", async () => {
    const lines = (count: number) => Array.from({ length: count }, () => ({ skuId, quantity: 1 }))
    const ask = async (count: number, more: object = {}) => {
      const body = { lines: lines(count), ...more }
      const order = "/api/inventory/orders/o/reservations"
      const asked = issuesOf(await post("/api/inventory/check-availability", body))
      const held = issuesOf(await call("PUT", order, { body }))
      expect(held.at(-1)).toBe(asked.at(-1))
      return asked
    }
    expect(await ask(0)).toEqual(["lines: must hold at least 1 line"])
    expect(await ask(4)).toEqual(["lines: must hold at most 3 lines"])
    expect(await ask(2_001)).toEqual(["lines: must hold at most 3 lines"])
    expect(await ask(4, { more: 1 })).toEqual([
      expect.stringMatching(/^more: is not a field/),
      "lines: must hold at most 3 lines"
    ])
  })
})

describe("a hold that is not confirmed", () => {
  it("is fulfilled after it is confirmed, says the refusal", async () => {
    const body = { skuId, quantity: 1, orderId: "o-pending" }
    const { json: hold } = await post("/api/inventory/reservations", body)
    const path = `/api/inventory/reservations/${hold.id}`
    const early = await post(`${path}/fulfil`)
    expect([early.status, early.json.detail]).toEqual([
      409,
      `the reservation "${hold.id}" is PENDING; confirm it first`
    ])
    await post(`${path}/release`)
    const late = await post(`${path}/fulfil`)
    expect(late.json.detail).toBe(
      `the reservation "${hold.id}" is RELEASED: fulfil is not possible any more`
    )
  })
})
