import { gzipSync } from "node:zlib"
import { afterEach, beforeAll, describe, expect, it } from "vitest"
import { type Answer, sendBytes, serverForTests } from "../server.ts"

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

  it("refuses a body of two megabytes, announced or not", async () => {
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
        expect(answer.json.detail).toContain("content-type: application/json")
      }
    }
    for (const type of [
      "application/json; charset=utf-8",
      'application/json;charset="UTF8"',
      "application/json; odata=verbose",
      "Application/JSON"
    ]) {
      const headers = { "content-type": type }
      const answer = await call("POST", reservations, { body: hold({ quantity: 11 }), headers })
      expect([type, answer.status]).toEqual([type, 409])
    }
  })
})

describe("headers that a body contradicts", () => {
  const body = { code: "never", name: "Never" }

  it("are refused: another charset, or a compression", async () => {
    const cases: ReadonlyArray<readonly [Record<string, string>, string]> = [
      [{ "content-type": "application/json; charset=latin1" }, "must be UTF-8"],
      [{ "content-type": 'application/json; x=y; Charset = "ISO-8859-1"' }, "must be UTF-8"],
      [{ "content-encoding": "gzip" }, "must not be compressed"],
      [{ "content-encoding": "identity, br" }, "must not be compressed"]
    ]
    for (const [headers, detail] of cases) {
      const answer = await post("/api/skus", body, headers)
      expect([headers, answer.status]).toEqual([headers, 415])
      expect(answer.json.type).toBe("urn:holdfast:problem:unsupported-media-type")
      expect(answer.json.detail).toContain(detail)
    }
    const squeezed = await call("POST", "/api/skus", {
      raw: gzipSync(JSON.stringify(body)),
      headers: { "content-encoding": "gzip" }
    })
    expect(squeezed.status).toBe(415)
    const plain = hold({ quantity: 11 })
    expect((await post(reservations, plain, { "content-encoding": "Identity" })).status).toBe(409)
  })

  it("are refused: two idempotency keys, which arrive as one with a comma", async () => {
    const text = JSON.stringify(hold({}))
    const lines = [
      `POST ${reservations} HTTP/1.1`,
      "host: 127.0.0.1",
      "connection: close",
      "content-type: application/json",
      `content-length: ${text.length}`,
      "idempotency-key: one",
      "Idempotency-Key: two"
    ]
    const heard = await sendBytes(port(), `${lines.join("\r\n")}\r\n\r\n${text}`, false)
    expect(heard).toMatch(/^HTTP\/1\.1 400 /)
    expect(heard).toContain('"path":"idempotency-key","message":"must be given once')
    const joined = await post(reservations, hold({}), { "idempotency-key": "one,two" })
    expect([joined.status, pathsOf(joined)]).toEqual([400, ["idempotency-key"]])
  })
})

describe("addresses", () => {
  it("answers 404 where there is nothing", async () => {
    for (const path of [
      "/api",
      "/api/sku",
      "/api/skus/a/b",
      "/API/skus",
      "/api//skus",
      "/api/skus/"
    ]) {
      const answer = await get(path)
      expect([path, answer.status]).toEqual([path, 404])
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
      ["POST", "/asyncapi.json", "GET, HEAD"],
      ["OPTIONS", "/api/skus", "GET, HEAD, POST"],
      ["PROPFIND", "/api/skus", "GET, HEAD, POST"]
    ]
    for (const [method, path, allow] of cases) {
      const answer = await call(method, path)
      expect([method, path, answer.status]).toEqual([method, path, 405])
      expect(answer.headers["allow"]).toBe(allow)
      expect(answer.json.detail).toBe(`This path takes ${allow}`)
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
      expect([length, [400, 404, 414]]).toEqual([length, expect.arrayContaining([answer.status])])
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
