/**
 * Requests that people sent to systems like this one, word for word, and the answers they should
 * get.
 */
import { beforeAll, describe, expect, it } from "vitest"
import { type Answer, serverForTests } from "../server.ts"

const { call, clock, get, post, sku } = serverForTests()

let skuId = ""
beforeAll(async () => {
  skuId = await sku(10)
})

const issuesOf = (answer: Answer): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (answer.json.issues ?? []).map(({ message, path }: Record<string, string>) => [path, message])
  )

const pathsOf = (answer: Answer) => Object.keys(issuesOf(answer))

const reservations = "/api/inventory/reservations"

describe("S4 text that looks like other text", () => {
  const padded = [
    ...["SKU1 ", " SKU1", "SKU1\u00a0", "\u00a0SKU1", "\ufeffSKU1", "\u200bSKU1", "SKU1\u200b"],
    ...["\u202eSKU1", "SK\u00adU1", "SKU1\u2060", "\u3000SKU1", " ", "\u00a0", "\u200d", "\u2066"]
  ]

  it("is refused in codes, names, order ids, line ids, references and whatever else", async () => {
    expect((await post("/api/skus", { code: "SKU1", name: "One" })).status).toBe(201)
    for (const text of padded) {
      const line = { skuId, quantity: 1 }
      const order = encodeURIComponent(text)
      const answers = [
        await post("/api/skus", { code: text, name: text }),
        await call("PATCH", `/api/skus/${skuId}`, { body: { code: text, name: text } }),
        await post("/api/locations", { locationId: "never", name: text }),
        await post(reservations, { ...line, orderId: text, lineId: text }),
        await call("PUT", `/api/inventory/orders/${order}/reservations`, {
          body: { lines: [line] }
        }),
        await post(`/api/inventory/${skuId}/receive`, {
          quantity: 1,
          reference: text,
          reason: text,
          actor: text
        }),
        await post(`/api/inventory/${skuId}/adjust`, { quantity: 1, reason: text }),
        await get(`/api/skus?code=${order}`)
      ]
      expect([text, answers.map(({ status }) => status)]).toEqual([text, answers.map(() => 400)])
      expect([text, answers.map(pathsOf)]).toEqual([
        text,
        [
          ["code", "name"],
          ["code", "name"],
          ["name"],
          ["lineId", "orderId"],
          ["orderId"],
          ["reference", "reason", "actor"],
          ["reason"],
          ["code"]
        ]
      ])
    }
    expect((await get("/api/skus?size=1000")).json.items).toHaveLength(2)
  })

  it("is answered with what is wrong with it", async () => {
    const messageFor = async (code: string) =>
      issuesOf(await post("/api/skus", { code, name: "x" }))["code"]
    expect(await messageFor("SKU1 ")).toBe("must not begin or end with white space")
    expect(await messageFor("\ufeffSKU1")).toContain("it holds U+FEFF")
  })

  it("may be prose where prose is asked for", async () => {
    const description =
      "A family \u{1f468}\u200d\u{1f469}\u200d\u{1f467}.\n\nIts second paragraph.\n"
    const answer = await post("/api/skus", { code: "PROSE", name: "Prose", description })
    expect([answer.status, answer.json.description]).toEqual([201, description])
  })
})

describe("S6 notes and options", () => {
  const at = (seconds: number) => new Date(clock.millis + seconds * 1_000).toISOString()

  it("are at most five minutes in the future, for every movement", async () => {
    await post("/api/locations", { locationId: "east", name: "East" })
    const moves: ReadonlyArray<readonly [string, object]> = [
      ["receive", { quantity: 3 }],
      ["return", { quantity: 3 }],
      ["ship", { quantity: 1 }],
      ["adjust", { quantity: 1, reason: "found" }],
      ["count", { countedQuantity: 7 }],
      ["transfer", { quantity: 1, fromLocationId: "default", toLocationId: "east" }]
    ]
    for (const [move, body] of moves) {
      const path = `/api/inventory/${skuId}/${move}`
      for (const occurredAt of ["2099-01-01T00:00:00Z", at(301)]) {
        const answer = await post(path, { ...body, occurredAt })
        expect([move, answer.status, pathsOf(answer)]).toEqual([move, 400, ["occurredAt"]])
      }
      const answer = await post(path, { ...body, occurredAt: at(300) })
      expect([move, answer.json.movements?.[0]?.occurredAt]).toEqual([move, at(300)])
    }
  })

  it("are kept by a count that finds the total unchanged", async () => {
    const own = await sku(4)
    const body = { countedQuantity: 4, occurredAt: at(-60), reference: "stock-take 7" }
    const answer = await post(`/api/inventory/${own}/count`, body)
    expect(answer.json.movements).toMatchObject([
      { quantity: 0, balanceAfter: 4, occurredAt: at(-60), reference: "stock-take 7" }
    ])
    const ledger = await get(`/api/inventory/${own}/movements`)
    expect(ledger.json.items[0]).toEqual(answer.json.movements[0])
  })

  it("are refused where they cannot have an effect", async () => {
    const refused: ReadonlyArray<readonly [string, string, object | undefined, string]> = [
      [
        "POST",
        `/api/inventory/${skuId}/count`,
        { countedQuantity: 1, includeConfirmed: true },
        "includeConfirmed"
      ],
      [
        "POST",
        `/api/inventory/${skuId}/adjust`,
        { quantity: 1, reason: "x", onShortfall: "ACCEPT" },
        "onShortfall"
      ],
      ["POST", reservations, { skuId, quantity: 1, orderId: "o", occurredAt: at(0) }, "occurredAt"],
      ["GET", `/api/skus/${skuId}?at=${at(0)}`, undefined, "at"]
    ]
    for (const [method, path, body, field] of refused) {
      const answer = await call(method, path, body === undefined ? {} : { body })
      expect([path, answer.status, pathsOf(answer)]).toEqual([path, 400, [field]])
    }
    const reservationId = "01890a5d-ac96-774b-bcce-b302099a0000"
    const lines = [{ skuId, quantity: 1, reservationId }]
    const asked = await post("/api/inventory/check-availability", { lines })
    expect([asked.status, pathsOf(asked)]).toEqual([400, ["lines.0.reservationId"]])
    const page = await get(`/api/skus?code=${skuId}&cursor=bm9uc2Vuc2U`)
    expect([page.status, pathsOf(page)]).toEqual([400, ["cursor"]])
  })
})

describe("S8 a hold for a bank transfer", () => {
  it("lives three days, or up to 31, and 900 seconds by default", async () => {
    const hold = (ttl?: number) =>
      post(reservations, { skuId, quantity: 1, orderId: `t${ttl}`, ttl })
    for (const ttl of [259_200, 2_678_400, undefined]) {
      const { json, status } = await hold(ttl)
      const lives = (Date.parse(json.expiresAt) - Date.parse(json.createdAt)) / 1_000
      expect([status, lives]).toEqual([201, ttl ?? 900])
      const extended = await post(`${reservations}/${json.id}/extend`, { ttl: 2_678_400 })
      expect(extended.status).toBe(200)
    }
    expect(pathsOf(await hold(2_678_401))).toEqual(["ttl"])
  })
})

describe("S13 an unknown parameter or field", () => {
  it("is answered with the known ones", async () => {
    const limit = await get("/api/skus?limit=2")
    expect(limit.status).toBe(400)
    expect(issuesOf(limit)).toEqual({
      limit: "is not a field (there are cursor, size, code)"
    })
    expect(issuesOf(await get("/api/locations?page=2"))).toEqual({
      page: "is not a field (there are none)"
    })
    const lines = [{ skuId, quantity: 1, qty: 2 }]
    const body = await call("PUT", "/api/inventory/orders/o/reservations", {
      body: { lines, TTL: 9 }
    })
    expect(issuesOf(body)).toEqual({
      TTL: "is not a field (there are lines, ttl, ownerId, customer)",
      "lines.0.qty":
        "is not a field (there are skuId, optionId, quantity, locationId, lineId, reservationId)"
    })
  })
})
