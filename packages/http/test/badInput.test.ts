import { afterEach, beforeAll, describe, expect, it } from "vitest"
import { type Answer, sendBytes, serverForTests } from "./server.ts"

const { call, get, port, post, sku } = serverForTests()

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
    for (const ttl of [0, -1, 86_401, 1.5, "60", null]) {
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
      type: "urn:holdfast:problem:invalid-input",
      title: "The request cannot be read",
      status: 400,
      issues: [
        { path: "surprise", message: "is not a field of this request" },
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

describe("bodies", () => {
  const targets = () => [reservations, "/api/skus", `/api/inventory/${skuId}/receive`]

  it("refuses what is not JSON", async () => {
    for (const raw of [
      "{",
      "nope",
      "{'a':1}",
      '{"a":1,}',
      "NaN",
      "\u0000",
      "[1,2",
      '"'.repeat(3)
    ]) {
      for (const path of targets()) {
        const answer = await call("POST", path, { raw })
        expect([raw, answer.status]).toEqual([raw, 400])
        expect(answer.json.issues).toEqual([{ path: "", message: "must be valid JSON" }])
      }
    }
  })

  it("refuses JSON that is no object", async () => {
    for (const raw of ["null", "[]", "5", '"text"', "true", ""]) {
      for (const path of targets()) {
        const answer = await call("POST", path, { raw })
        expect([path, raw, answer.status]).toEqual([path, raw, 400])
      }
    }
  })

  it("refuses broken UTF-8, and takes a replacement character that was meant", async () => {
    const broken = Buffer.concat([
      Buffer.from(`{"skuId":"${skuId}","quantity":1,"orderId":"`),
      Buffer.from([0xff, 0xfe, 0xc3]),
      Buffer.from('"}')
    ])
    for (const path of targets()) {
      const answer = await call("POST", path, { raw: broken })
      expect(answer.status).toBe(400)
      expect(answer.json.issues).toEqual([{ path: "", message: "must be well-formed UTF-8" }])
    }
    const meant = await post(reservations, hold({ orderId: "what \ufffd is this", quantity: 11 }))
    expect(meant.status).toBe(409)
  })

  it("refuses JSON that is nested out of reason", async () => {
    for (const depth of [70, 100_000]) {
      const raw = `{"skuId":${"[".repeat(depth)}${"]".repeat(depth)}}`
      for (const path of targets()) {
        const answer = await call("POST", path, { raw })
        expect(answer.status).toBe(400)
        expect(answer.json.issues[0].message).toContain("nested")
      }
    }
    const brackets = await post("/api/skus", { code: "[".repeat(101), name: "{".repeat(256) })
    expect(new Set(pathsOf(brackets))).toEqual(new Set(["code", "name"]))
  })

  it("refuses a body of two megabytes, told ahead or not", async () => {
    const raw = JSON.stringify({ code: "x", name: "y".repeat(2 * 1024 * 1024) })
    for (const path of targets()) {
      for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
        const answer = await call("POST", path, { raw, headers })
        expect(answer.status).toBe(413)
        expect(answer.json.type).toBe("urn:holdfast:problem:content-too-large")
      }
    }
    const almost = await post("/api/skus", { code: "x", name: "y".repeat(1024 * 1024 - 30) })
    expect(almost.status).toBe(400)
  })

  it("answers a flood of unknown fields within bounds", async () => {
    const flood = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`f${n}`, 0]))
    for (const path of targets()) {
      const answer = await post(path, flood)
      expect(answer.status).toBe(400)
      expect(answer.json.issues.length).toBe(1_000)
    }
  })

  it("takes application/json and nothing else", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/xml",
      "application/jsonp",
      "nonsense",
      ""
    ]) {
      for (const path of targets()) {
        const answer = await call("POST", path, { raw: "{}", headers: { "content-type": type } })
        expect([type, answer.status]).toEqual([type, 415])
      }
    }
    for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
      const headers = { "content-type": type }
      const answer = await call("POST", reservations, { body: hold({ quantity: 11 }), headers })
      expect([type, answer.status]).toEqual([type, 409])
    }
  })
})

describe("addresses", () => {
  it("answers 404 where there is nothing", async () => {
    for (const path of [
      "/",
      "/api",
      "/api/sku",
      "/api/skus/a/b",
      "/API/skus",
      "/api//skus",
      "/api/skus/"
    ]) {
      const answer = await get(path)
      expect([path, answer.status]).toEqual([path, path === "/api/skus/" ? 400 : 404])
    }
  })

  it("answers 405 with the methods that a path takes", async () => {
    const cases: ReadonlyArray<readonly [string, string, string]> = [
      ["DELETE", "/api/skus", "GET, HEAD, POST"],
      ["PUT", `/api/skus/${skuId}`, "GET, HEAD, PATCH"],
      ["GET", `/api/inventory/${skuId}/receive`, "POST"],
      ["GET", reservations, "POST"],
      ["GET", "/api/inventory/check-availability", "POST"],
      ["DELETE", reservations, "POST"],
      ["PATCH", order, "GET, HEAD, POST, PUT, DELETE"],
      ["POST", "/health/live", "GET, HEAD"],
      ["POST", "/openapi.json", "GET, HEAD"],
      ["OPTIONS", "/api/skus", "GET, HEAD, POST"],
      ["PROPFIND", "/api/skus", "GET, HEAD, POST"]
    ]
    for (const [method, path, allow] of cases) {
      const answer = await call(method, path)
      expect([method, path, answer.status]).toEqual([method, path, 405])
      expect(answer.headers["allow"]).toBe(allow)
    }
  })

  it("refuses an address that is not percent-encoded UTF-8", async () => {
    for (const path of [
      "/api/skus/%zz",
      "/api/skus/%",
      "/api/skus/%ED%A0%80",
      "/api/skus/%ff%fe",
      "/api/skus?code=%zz",
      "/api/inventory/orders/%C3/reservations",
      "/api/skus/%c0%af"
    ]) {
      const answer = await get(path)
      expect([path, answer.status]).toEqual([path, 400])
      expect(answer.json.issues[0].message).toContain("percent-encoded")
    }
  })

  it("refuses ids of any length", async () => {
    for (const length of [101, 1_000, 10_000]) {
      const answer = await get(`/api/skus/${"x".repeat(length)}`)
      expect([length, [400, 404]]).toEqual([length, expect.arrayContaining([answer.status])])
    }
  })

  it("survives requests that are no HTTP, and headers out of reason", async () => {
    const host = "host: 127.0.0.1\r\nconnection: close\r\n"
    for (const bytes of [
      "nonsense\r\n\r\n",
      `GET /api/skus\u0000 HTTP/1.1\r\n${host}\r\n`,
      `GET /api/skus HTTP/1.1\r\n${host}x-big: ${"x".repeat(100_000)}\r\n\r\n`,
      `POST /api/skus HTTP/1.1\r\n${host}content-length: nine\r\n\r\n{}`
    ]) {
      const [head = "", body = ""] = (await sendBytes(port(), bytes)).split("\r\n\r\n")
      expect(head).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(head).toContain("content-type: application/problem+json")
      expect(head).toContain(`content-length: ${body.length}`)
      expect(JSON.parse(body)).toMatchObject({ status: Number(head.split(" ")[1]) })
    }
    expect(
      await sendBytes(port(), `GET http://elsewhere/api/locations HTTP/1.1\r\n${host}\r\n`)
    ).toMatch(/^HTTP\/1\.1 200 /)
    expect((await get("/health/live")).status).toBe(200)
  })
})
