import { afterEach, beforeAll, describe, expect, it } from "vitest"
import { type Answer, serverForTests } from "../server.ts"

const { call, get, post, sku } = serverForTests()

let skuId = ""
let written = 0
beforeAll(async () => {
  skuId = await sku(10)
  written = (await get("/api/inventory/events?size=1000")).json.next
})

/** Nothing that is refused in this file leaves a trace. */
afterEach(async () => {
  const before = written
  written = (await get("/api/inventory/events?size=1000")).json.next
  expect(written).toBe(before)
})

const pathsOf = (answer: Answer): ReadonlyArray<string> =>
  answer.json.issues.map((issue: { path: string }) => issue.path)

const reservations = "/api/inventory/reservations"
const order = "/api/inventory/orders/o-1/reservations"

const hold = (more: Readonly<Record<string, unknown>>) => ({
  skuId,
  quantity: 1,
  orderId: "o-1",
  ...more
})

describe("bad quantities and times", () => {
  const quantities: ReadonlyArray<readonly [string, string]> = [
    ["zero", "0"],
    ["negative", "-1"],
    ["fractional", "1.5"],
    ["above a billion", "1000000001"],
    ["above 2^53", "9007199254740993"],
    ["1e400", "1e400"],
    ["-1e400", "-1e400"],
    ["text", '"1"'],
    ["text of a number word", '"Infinity"'],
    ["null", "null"],
    ["true", "true"],
    ["a list", "[1]"],
    ["an object", '{"valueOf":1}']
  ]
  for (const [name, quantity] of quantities) {
    it(`refuses a quantity that is ${name}`, async () => {
      const reserve = `{"skuId":"${skuId}","orderId":"o-1","quantity":${quantity}}`
      const line = `{"lines":[{"skuId":"${skuId}","quantity":${quantity}}]}`
      const answers = [
        await call("POST", reservations, { raw: reserve }),
        await call("PUT", order, { raw: line }),
        await call("POST", `/api/inventory/${skuId}/receive`, { raw: `{"quantity":${quantity}}` }),
        await call("POST", "/api/inventory/check-availability", { raw: line })
      ]
      for (const answer of answers) {
        expect(answer.status).toBe(400)
        expect(pathsOf(answer).every((path) => path.endsWith("quantity"))).toBe(true)
      }
    })
  }

  it("refuses a time to live out of range", async () => {
    for (const ttl of [0, -1, 2_678_401, 1.5, "60", null]) {
      const answer = await post(reservations, hold({ ttl }))
      expect([ttl, answer.status]).toEqual([ttl, 400])
      expect(pathsOf(answer)).toContain("ttl")
    }
  })

  it("refuses an instant that is none", async () => {
    for (const occurredAt of [
      "yesterday",
      "1",
      "2026-13-45T00:00:00Z",
      "2026-01-31",
      "2026-01-31T09:30:00",
      "-000001-01-01T00:00:00Z",
      "+275760-09-13T00:00:00Z",
      17
    ]) {
      const answer = await post(`/api/inventory/${skuId}/receive`, { quantity: 1, occurredAt })
      expect([occurredAt, answer.status]).toEqual([occurredAt, 400])
      expect(pathsOf(answer)).toEqual(["occurredAt"])
    }
  })
})

describe("bad text and ids", () => {
  const ids = [
    "a/b",
    "a%b",
    'a"b',
    "a'b",
    "a b",
    "a\\b",
    "<script>",
    "😀",
    "é",
    "",
    ".",
    "..",
    "reservations",
    "orders",
    "stock-status",
    "reconciliation",
    "check-availability",
    "a\u0000b",
    "a\u202eb",
    "x".repeat(101)
  ]
  for (const id of ids) {
    it(`refuses the SKU id ${JSON.stringify(id).slice(0, 40)}`, async () => {
      const registered = await post("/api/skus", { skuId: id, code: "never", name: "x" })
      const reserved = await post(reservations, hold({ skuId: id }))
      for (const answer of [registered, reserved]) {
        expect(answer.status).toBe(400)
        expect(new Set(pathsOf(answer))).toEqual(new Set(["skuId"]))
      }
      const answers = [
        await get(`/api/skus/${encodeURIComponent(id)}`),
        await post(`/api/inventory/${encodeURIComponent(id)}/receive`, { quantity: 1 })
      ]
      // The id names another path of the API, which is another question.
      for (const answer of answers) expect([400, 404, 405]).toContain(answer.status)
    })
  }

  it("refuses a lone surrogate, however it is written", async () => {
    for (const name of ["\ud800", "a\udc00b", "\udc00\ud800"]) {
      const answer = await post("/api/skus", { code: "never", name })
      expect(pathsOf(answer)).toContain("name")
    }
    const answer = await call("POST", "/api/skus", { raw: '{"code":"\\ud83d","name":"x"}' })
    expect(pathsOf(answer)).toContain("code")
  })

  it("refuses text with NUL, wherever text is taken", async () => {
    const nul = "a\u0000b"
    const answers = [
      await post("/api/skus", { code: nul, name: nul, description: nul }),
      await post(`/api/inventory/${skuId}/receive`, {
        quantity: 1,
        reference: nul,
        reason: nul,
        actor: nul
      }),
      await post(reservations, hold({ orderId: nul, lineId: nul })),
      await post("/api/locations", { locationId: "never", name: nul })
    ]
    expect(answers.map((answer) => [...new Set(pathsOf(answer))].sort())).toEqual([
      ["code", "description", "name"],
      ["actor", "reason", "reference"],
      ["lineId", "orderId"],
      ["name"]
    ])
  })

  it("takes __proto__ and its like as ordinary ids, and not as fields", async () => {
    for (const id of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      expect((await get(`/api/skus/${id}`)).status).toBe(404)
      const unknown = await post(reservations, hold({ skuId: id }))
      expect([unknown.status, unknown.json.skuIds]).toEqual([404, [id]])
    }
    const raw = `{"skuId":"${skuId}","quantity":1,"orderId":"o","__proto__":{"ttl":5}}`
    const asField = await call("POST", reservations, { raw })
    expect(pathsOf(asField)).toEqual(["__proto__"])
    expect(pathsOf(await get("/api/skus?__proto__=1&constructor=2"))).toEqual([
      "__proto__",
      "constructor"
    ])
  })
})

describe("fields", () => {
  it("names every bad field, of every part of the request", async () => {
    const answer = await call("POST", "/api/inventory/a%20b/count?size=1", {
      body: { countedQuantity: -1, expectedQuantity: "x", onShortfall: "PANIC", extra: 1 },
      headers: { "idempotency-key": "k".repeat(300) }
    })
    expect(answer.status).toBe(400)
    expect(new Set(pathsOf(answer))).toEqual(
      new Set([
        "skuId",
        "size",
        "idempotency-key",
        "countedQuantity",
        "expectedQuantity",
        "onShortfall",
        "extra"
      ])
    )
    const lines = await call("PUT", order, {
      body: { lines: [{ skuId: "a", quantity: 1 }, { skuId: "orders" }, 7], tll: 60 }
    })
    expect(new Set(pathsOf(lines))).toEqual(
      new Set(["lines.1.skuId", "lines.1.quantity", "lines.2", "tll"])
    )
  })

  it("says of each bad field what it must be", async () => {
    const answer = await post(reservations, { skuId: 5, orderId: "", surprise: true })
    expect(answer.json).toEqual({
      instance: expect.stringMatching(/^urn:uuid:/),
      type: "urn:holdfast:problem:invalid-input",
      title: "The request cannot be read",
      status: 400,
      detail: expect.stringMatching(/^the input cannot be read: surprise: .*; skuId: must be text/),
      issues: [
        {
          path: "surprise",
          message: expect.stringMatching(
            /there are skuId, optionId, quantity, .*orderId, ttl, ownerId, customer\)$/
          )
        },
        { path: "skuId", message: "must be text" },
        { path: "quantity", message: "is required" },
        { path: "orderId", message: expect.stringContaining("between 1 and 100") }
      ]
    })
  })

  it("refuses unknown fields in a body that may be left out", async () => {
    const ghost = "01890a5d-ac96-774b-bcce-b302099a0000"
    for (const path of [
      `${reservations}/${ghost}/release`,
      `${reservations}/${ghost}/confirm`,
      `/api/inventory/orders/o-1/confirm`,
      `/api/skus/${skuId}/archive`
    ]) {
      expect(pathsOf(await post(path, { because: "I say so" }))).toEqual(["because"])
    }
  })

  it("refuses unknown, repeated and unreadable parameters", async () => {
    const cases: ReadonlyArray<readonly [string, string]> = [
      ["/api/skus?sise=5", "sise"],
      ["/api/skus?size=5&size=6", "size"],
      ["/api/skus?size=0", "size"],
      ["/api/skus?size=1001", "size"],
      ["/api/skus?size=ten", "size"],
      ["/api/skus?size=", "size"],
      [`/api/inventory/${skuId}?locations=perhaps`, "locations"],
      [`/api/inventory/${skuId}?at=2026-01-31`, "at"],
      ["/api/inventory/events?after=-1", "after"],
      ["/api/inventory/events?after=1e400", "after"],
      ["/api/inventory/stock-status?skuIds=a%2Fb", "skuIds.0"],
      ["/api/locations?page=2", "page"],
      ["/api/locations;page=2", "page"],
      [`/api/skus/${skuId}?expand=all`, "expand"],
      ["/api/inventory/orders/o-1/reservations?confirmed=maybe", "confirmed"]
    ]
    for (const [path, bad] of cases) {
      const answer = await call(path.includes("orders") ? "DELETE" : "GET", path)
      expect([path, answer.status]).toEqual([path, 400])
      expect(pathsOf(answer)).toContain(bad)
    }
    for (const path of ["/api/locations?", "/api/locations?&&"]) {
      expect([path, (await get(path)).status]).toEqual([path, 200])
    }
    const asked = await call("POST", `${reservations}?`, { body: hold({ quantity: 11 }) })
    expect(asked.status).toBe(409)
    const reserved = await call("POST", `${reservations}?dryRun=true`, { body: hold({}) })
    expect([reserved.status, pathsOf(reserved)]).toEqual([400, ["dryRun"]])
  })

  it("refuses a cursor that no page gave", async () => {
    const of = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
    const forged = [
      "nonsense",
      "%F0%9F%98%80",
      "'; drop table skus; --",
      of("'; drop table skus; --"),
      of({ createdAt: "2026-01-31T00:00:00Z", id: "' or 1=1" }),
      of({ createdAt: "never", id: "01890a5d-ac96-774b-bcce-b302099a0000" }),
      of(17),
      of(null),
      "x".repeat(2_001)
    ]
    for (const cursor of forged) {
      for (const path of [
        "/api/skus",
        `/api/inventory/${skuId}/movements`,
        "/api/inventory/reconciliation"
      ]) {
        const token = cursor.startsWith("%") ? cursor : encodeURIComponent(cursor)
        const answer = await get(`${path}?cursor=${token}`)
        expect([path, cursor, answer.status]).toEqual([path, cursor, 400])
        expect(pathsOf(answer)).toEqual(["cursor"])
      }
    }
  })

  it("refuses 101 lines", async () => {
    const lines = Array.from({ length: 101 }, (_, n) => ({ skuId, quantity: 1, lineId: `${n}` }))
    const answer = await call("PUT", order, { body: { lines } })
    expect([answer.status, pathsOf(answer)]).toEqual([400, ["lines"]])
    expect((await call("PUT", order, { body: { lines: [] } })).status).toBe(400)
  })
})
