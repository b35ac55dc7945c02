/** Webhooks over HTTP: managing them, and who may. */

import type { WebhookMessage, WebhookSender } from "@holdfast/core/events"
import { EventType } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { beforeEach, describe, expect, it } from "vitest"
import { webHandler } from "../../src/index.ts"
import { HandClock, memoryEngine, serverForTests } from "../server.ts"
import { webhookSecret } from "./webhookSecret.ts"

const sent: Array<WebhookMessage> = []
let status = 204
const sender: WebhookSender = {
  objectionTo: (url) => (url.startsWith("http:") ? "must begin with https" : undefined),
  send: (message) =>
    Effect.sync(() => {
      sent.push(message)
      const problem = status < 300 ? null : `it answered with ${status}`
      return { httpStatus: status, problem, durationMillis: 1.4, retryAfterMillis: null }
    })
}

const { call: request, get, port, post, sku } = serverForTests({ webhooks: { sender } })

beforeEach(() => {
  sent.length = 0
  status = 204
})

const path = "/api/webhooks"
const url = "https://shop.example/hooks"

const make = async (body: object = {}): Promise<string> => {
  const { json, status: made } = await post(path, { url, ...body })
  expect(made).toBe(201)
  return json.webhookId
}

describe("webhooks", () => {
  it("are made, read, changed and deleted; the secret is shown once", async () => {
    const made = await post(path, { url, eventTypes: ["inventory.stock.reserved"] })
    expect(made.status).toBe(201)
    expect(made.json.secret).toMatch(/^whsec_/)
    const { secret: _, ...shown } = made.json
    const at = `${path}/${made.json.webhookId}`
    expect((await get(at)).json).toEqual(shown)
    expect((await get(path)).json.items).toContainEqual(shown)
    const patched = await request("PATCH", at, {
      body: { description: "the shop", eventTypes: null, status: "PAUSED" }
    })
    expect(patched.json).toMatchObject({
      ...{ url, description: "the shop", eventTypes: null, status: "PAUSED" },
      pausedBecause: null
    })
    expect((await request("DELETE", at)).status).toBe(204)
    expect((await get(at)).json.type).toBe("urn:holdfast:problem:webhook-not-found")
    expect((await request("DELETE", at)).status).toBe(404)
  })

  it("get as many types of events as they like, up to all but one", async () => {
    const [, ...eventTypes] = EventType.literals
    expect(eventTypes.length).toBeGreaterThan(16)
    const made = await post(path, { url, eventTypes })
    expect([made.status, made.json.eventTypes]).toEqual([201, eventTypes])
  })

  it("are made once for a key, and only for the same request", async () => {
    const headers = { "idempotency-key": "hook-1" }
    const first = await post(path, { url }, headers)
    expect((await post(path, { url }, headers)).json).toEqual(first.json)
    const other = await post(path, { url, description: "another" }, headers)
    expect(other.status).toBe(422)
    expect(other.json.type).toBe("urn:holdfast:problem:idempotency-mismatch")
  })

  it.each([
    [{}, "url", "is required"],
    [{ url: "shop.example" }, "url", "must be a whole address"],
    [{ url: "ftp://shop.example" }, "url", "must be a whole address"],
    [{ url: "http://shop.example" }, "url", "must begin with https"],
    [{ url: "https://me:pw@shop.example" }, "url", "without user, password and fragment"],
    [{ url: "https://shop.example/#x" }, "url", "without user, password and fragment"],
    [{ url: `https://shop.example/${"x".repeat(2_000)}` }, "url", "between 1 and 2000 code points"],
    [{ url, secret: "whsec_short" }, "secret", "24 to 64 random bytes"],
    [{ url, eventTypes: ["inventory.sold"] }, "eventTypes.0", "must be one of"],
    [{ url, eventTypes: [] }, "eventTypes", "must"],
    [{ url, from: "MIDDLE" }, "from", 'must be "FIRST" or "LAST"'],
    [{ url, urls: [] }, "urls", "is not a field"]
  ])("are refused without a fit field: %#", async (body, field, words) => {
    const { json, status: refused } = await post(path, body)
    expect(refused).toBe(400)
    expect(json.issues).toEqual([{ path: field, message: expect.stringContaining(words) }])
  })

  it("take a secret of the receiver, and another one beside it for a while", async () => {
    const made = await post(path, { url, secret: webhookSecret("a") })
    expect(made.json.secret).toBe(webhookSecret("a"))
    const at = `${path}/${made.json.webhookId}`
    const rotated = await post(`${at}/secret`, { secret: webhookSecret("b"), oldSecretSeconds: 60 })
    expect(rotated.json.secret).toBe(webhookSecret("b"))
    const headers = { "idempotency-key": "rotate-1" }
    const third = await post(`${at}/secret`, {}, headers)
    expect((await post(`${at}/secret`, {}, headers)).json).toEqual(third.json)
    expect((await post(`${at}/secret`, { oldSecretSeconds: 1 }, headers)).status).toBe(422)
    expect(Date.parse(rotated.json.oldSecretUntil)).toBeGreaterThan(Date.now() + 50_000)
    expect((await post(`${at}/test`)).json).toEqual({
      ...{ isDelivered: true, httpStatus: 204, problem: null, durationMillis: 1 }
    })
    expect(sent[0]?.secrets).toHaveLength(2)
    status = 500
    expect((await post(`${at}/test`, {})).json).toMatchObject({
      ...{ isDelivered: false, problem: "it answered with 500" }
    })
  })

  it("say what became of events, and where they can be set", async () => {
    const at = `${path}/${await make()}`
    await sku(1)
    expect((await get(`${at}/deliveries`)).json).toEqual({ items: [], next: null })
    const unknown = await post(`${at}/redeliver`, { positions: [1] })
    expect(unknown.json).toMatchObject({ status: 404, positions: [1] })
    expect(unknown.json.type).toBe("urn:holdfast:problem:webhook-delivery-not-found")
    expect((await post(`${at}/replay`, { after: 0 })).json).toMatchObject({ status: "ACTIVE" })
    const beyond = await post(`${at}/replay`, { after: 1e9 })
    expect(beyond.json.type).toBe("urn:holdfast:problem:position-beyond-log")
    const nowhere = `${path}/0199c0de-1111-7000-8000-000000000000`
    for (const what of ["deliveries", "test", "redeliver", "replay", "secret"]) {
      const body = what === "redeliver" ? { positions: [1] } : what === "replay" ? { after: 0 } : {}
      const answered =
        what === "deliveries"
          ? await get(`${nowhere}/deliveries`)
          : await post(`${nowhere}/${what}`, body)
      expect(answered.json.type).toBe("urn:holdfast:problem:webhook-not-found")
    }
    expect((await get(`${path}/x`)).json.issues[0].path).toBe("webhookId")
  })
})

describe("who may manage webhooks", () => {
  it.each([
    [{ "x-forwarded-for": "203.0.113.9" }, "a proxy has sent the request on"],
    [{ forwarded: "for=203.0.113.9" }, "a proxy has sent the request on"],
    [{ "x-forwarded-proto": "https" }, "a proxy has sent the request on"],
    [{ "cf-connecting-ip": "203.0.113.9" }, "a proxy has sent the request on"],
    [{ via: "1.1 gateway" }, "a proxy has sent the request on"],
    [{ host: "shop.example" }, "the request is addressed to shop.example"],
    [{ origin: "https://evil.example" }, "the request comes from a page of https://evil.example"]
  ])("is nobody behind %j", async (headers, words) => {
    const { json, status: refused } = await post(`${path}`, { url }, headers)
    expect(refused).toBe(403)
    expect(json.type).toBe("urn:holdfast:problem:webhooks-not-here")
    expect(json.detail).toContain(words)
    expect((await request("GET", path, { headers })).status).toBe(403)
  })

  it("is a page of the server itself", async () => {
    const here = `127.0.0.1:${port()}`
    for (const headers of [
      { origin: `http://${here}` },
      { host: "localhost" },
      { host: "[::1]:1" }
    ]) {
      expect((await request("GET", path, { headers })).status).toBe(200)
    }
  })

  it("is nobody where the API has no sender, and everybody where the host says so", async () => {
    const asked = new Request("http://shop.example/api/webhooks")
    const answers = [
      {},
      { webhooks: { sender } },
      { webhooks: { sender, managedFrom: "ANYWHERE" } }
    ]
    const statuses = []
    for (const options of answers) {
      const api = webHandler(memoryEngine(new HandClock()), options as object)
      statuses.push((await api.handler(asked.clone())).status)
      await api.dispose()
    }
    expect(statuses).toEqual([403, 403, 200])
  })

  it.each([
    [{}, "options.webhooks.sender: must be what webhookSender() gives"],
    [{ sender: { sender, close: async () => undefined } }, "the sender of sendWebhooks()"],
    [{ sender, managedFrom: "anywhere" }, 'options.webhooks.managedFrom: must be "ANYWHERE"'],
    [null, "options.webhooks.sender"]
  ])("refuses the options %j when it is mounted", (webhooks, message) => {
    const mounting = () => webHandler(memoryEngine(new HandClock()), { webhooks } as object)
    expect(mounting).toThrow(message)
  })
})
