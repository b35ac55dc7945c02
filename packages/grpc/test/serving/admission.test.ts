/** What a call meets before its handler: limits of addresses, of principals and of what is under way. */
import type { Principal } from "@holdfast/core/access"
import { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import { asker, believing, type GrpcWorld, openGrpcWorld } from "../access/world.ts"
import { endOf } from "../calling.ts"

let world: GrpcWorld | undefined
afterEach(() => world?.close())

const open = async (...options: Parameters<typeof openGrpcWorld>): Promise<GrpcWorld> => {
  world = await openGrpcWorld(...options)
  return world
}

const admin = (id: string): Principal => ({ id, kind: "USER", roles: ["ADMIN"] })
const inAnHour = (count: number) => ({ count, windowMillis: 3_600_000 })
const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }

describe("limits", () => {
  it("of an address: reads and writes have buckets of their own, and who is over learns when to come again", async () => {
    const { client } = await open({
      limits: { address: { reads: inAnHour(2), writes: inAnHour(1) } }
    })
    expect(await client.call("inventory", "registerSku", mug)).toMatchObject({ code: 0 })
    for (const code of [0, 0, 8]) {
      expect(await client.call("inventory", "stock", { skuId: "mug" })).toMatchObject({ code })
    }
    const over = await client.call("inventory", "receive", { skuId: "mug", quantity: 1 })
    expect(over).toMatchObject({
      code: 8,
      reason: "TOO_MANY_REQUESTS",
      info: { limit: "address-writes" }
    })
    expect(over.retrySeconds).toBeGreaterThan(3_000)
  })

  it("of a principal: others are not slowed down by it", async () => {
    const { client } = await open({
      authenticate: believing,
      limits: { principal: { reads: inAnHour(1) } }
    })
    const ask = (id: string) => client.call("inventory", "locations", {}, asker(admin(id)))
    expect((await ask("ann")).code).toBe(0)
    expect(await ask("ann")).toMatchObject({ code: 8, info: { limit: "principal-reads" } })
    expect((await ask("bob")).code).toBe(0)
  })

  it("of what is under way: one call more is refused, and may come once another has ended", async () => {
    const held = Promise.withResolvers<void>()
    let entered = 0
    const { client } = await open({
      limits: { callsMax: 3 },
      authenticate: (call) =>
        Effect.promise(async () => {
          entered += 1
          if (call.headers["x-wait"] === "yes") await held.promise
          return admin("ann")
        })
    })
    const waiting = [1, 2, 3].map(() =>
      client.call("inventory", "locations", {}, { "x-wait": "yes" })
    )
    await expect.poll(() => entered).toBe(3)
    expect(await client.call("inventory", "locations", {})).toMatchObject({
      code: 14,
      reason: "TOO_MANY_CALLS",
      retrySeconds: 1
    })
    held.resolve()
    expect((await Promise.all(waiting)).map(({ code }) => code)).toEqual([0, 0, 0])
    expect((await client.call("inventory", "locations", {})).code).toBe(0)
  })

  it("of streams: one more is refused, and a place is free once another is gone", async () => {
    const { client } = await open({ limits: { streamsMax: 1 } })
    await client.call("inventory", "registerSku", mug)
    const first = client.events({})
    const gone = endOf(first)
    await new Promise((resolve) => first.once("data", resolve))
    expect(await endOf(client.events({}).resume())).toMatchObject({
      code: 8,
      reason: "TOO_MANY_STREAMS"
    })
    first.cancel()
    await gone
    await expect
      .poll(
        () =>
          new Promise((resolve) => {
            const next = client.events({})
            next.on("error", () => resolve(false))
            next.once("data", () => {
              resolve(true)
              next.cancel()
            })
          })
      )
      .toBe(true)
  })
})

describe("who follows events", () => {
  it("is asked for again, and gets no more once their key is revoked", async () => {
    let isRevoked = false
    const { client } = await open({
      recheckMillis: 20,
      authenticate: () =>
        isRevoked ? Effect.fail({ reason: "revoked" }) : Effect.succeed(admin("ann"))
    })
    await client.call("inventory", "registerSku", mug)
    const stream = client.events({})
    const ended = endOf(stream)
    await new Promise((resolve) => stream.once("data", resolve))
    isRevoked = true
    expect(await ended).toMatchObject({ code: 16, reason: "UNAUTHENTICATED" })
  })

  it("may come again at once when the store of keys was away: nothing was revoked", async () => {
    let isAway = false
    const away = new StoreError({ reason: "Unavailable", message: "the database is away" })
    const { client } = await open({
      recheckMillis: 20,
      authenticate: () => (isAway ? Effect.fail(away) : Effect.succeed(admin("ann")))
    })
    await client.call("inventory", "registerSku", mug)
    const stream = client.events({})
    const ended = endOf(stream)
    await new Promise((resolve) => stream.once("data", resolve))
    isAway = true
    expect(await ended).toMatchObject({ code: 14, reason: "UNAVAILABLE" })
  })

  it("must be allowed to: a person without the role is refused, and it is recorded", async () => {
    const { audits, client } = await open({ authenticate: believing })
    const user = asker({ id: "zoe", kind: "USER", roles: ["USER"] })
    expect(await endOf(client.events({}, user).resume())).toMatchObject({
      code: 7,
      reason: "FORBIDDEN"
    })
    await expect
      .poll(async () => {
        const pages = audits.map((audit) =>
          Effect.runPromise(audit.list({ operation: "StreamEvents", limit: 10 }))
        )
        return (await Promise.all(pages)).flat().length
      })
      .toBe(1)
  })
})

describe("while what finds out who asks", () => {
  it("dies, the call is a bug of ours that says nothing", async () => {
    const { client } = await open({ authenticate: () => Effect.die(new Error("secret words")) })
    const ended = await client.call("inventory", "locations", {})
    expect(ended.code).toBe(13)
    expect(JSON.stringify(ended)).not.toContain("secret")
  })

  it("gives what is no principal, nobody vouches", async () => {
    const { client } = await open({ authenticate: () => Effect.succeed({ id: "x" } as never) })
    expect(await client.call("inventory", "locations", {})).toMatchObject({ code: 16 })
  })
})

describe("a server that leaves", () => {
  const check = async ({ client }: GrpcWorld, service: string) => {
    const name = Buffer.from(service)
    const bytes = Buffer.concat([Buffer.from([0x0a, name.length]), name])
    const { answer, code } = await client.raw("/grpc.health.v1.Health/Check", bytes)
    return code === 0 ? (answer as Buffer)[1] : code
  }

  it("ends streams, says that it does not serve, and still answers calls", async () => {
    const leaving = new AbortController()
    const opened = await open({ leaving: leaving.signal })
    await opened.client.call("inventory", "registerSku", mug)
    const services = [
      "",
      "holdfast.inventory.v1.InventoryService",
      "holdfast.events.v1.EventsService"
    ]
    for (const service of services) expect(await check(opened, service)).toBe(1)
    expect(await check(opened, "no.such.Service")).toBe(5)
    const stream = opened.client.events({})
    const ended = endOf(stream)
    await new Promise((resolve) => stream.once("data", resolve))
    leaving.abort()
    expect(await ended).toMatchObject({ code: 14, reason: "LEAVING" })
    for (const service of services) expect(await check(opened, service)).toBe(2)
    expect((await opened.client.call("inventory", "stock", { skuId: "mug" })).code).toBe(0)
  })
})
