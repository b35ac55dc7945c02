/** Kept answers: what they say is what the routes would say, under the same rules. */
import { randomInt } from "node:crypto"
import { anonymousPrincipal, type Principal } from "@holdfast/core/access"
import { MemoryInventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { afterEach, describe, expect, it, vi } from "vitest"
import { KeptAnswers } from "../../src/caching/kept/KeptAnswers.ts"
import type { Authenticator, Compress } from "../../src/index.ts"
import { toNodeHandler } from "../../src/node/index.ts"
import type { Answer } from "../server.ts"
import { openWorld, type World, type WorldOptions } from "./shortWorld.ts"

vi.setConfig({ testTimeout: 30_000 })

const worlds: Array<World> = []

const opened = async (options: WorldOptions = {}): Promise<World> => {
  const world = await openWorld(options)
  worlds.push(world)
  return world
}

afterEach(async () => {
  vi.useRealTimers()
  for (const world of worlds.splice(0)) await world.close()
})

/** An answer without what two of them may differ in, since a moment lies between them. */
const timeless = ({ headers, json: _, ...answer }: Answer) => {
  const { age, date: _date, "cache-control": control, ...others } = headers
  const lives = Number(/max-age=(\d+)/.exec(String(control))?.[1]) - Number(age ?? 0)
  expect(lives).toBeLessThanOrEqual(5)
  return { ...answer, headers: others, hasAge: age !== undefined }
}

describe("an answer that is kept", () => {
  it("is that of the routes to the byte, for whatever a request says", async () => {
    const { get, kept, long, short, stocked } = await opened()
    const { path } = await stocked({ translations: { de: { name: "Söckchen" } } })
    const plain = await short(path)
    const tag = String(plain.headers["etag"])
    const asked: ReadonlyArray<Record<string, string>> = [
      {},
      { "accept-encoding": "gzip" },
      { "accept-encoding": "br, gzip;q=0.5" },
      { "accept-encoding": "br, gzip;q=0" },
      { "accept-encoding": "identity" },
      { "if-none-match": tag },
      { "if-none-match": `"1.aa", W/${tag}` },
      { "if-none-match": tag, "accept-encoding": "gzip" },
      { "if-none-match": "*" },
      { "if-none-match": '"1.0000"' },
      { "x-correlation-id": "c-1" },
      { "x-correlation-id": "ä" },
      { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
      { accept: "text/html" }
    ]
    const statuses = new Set<number>()
    for (const headers of asked) {
      const before = kept.given
      const given = await get(path, headers)
      expect([headers, kept.given]).toEqual([headers, before + 1])
      expect(timeless(given)).toEqual(timeless(await long(path, headers)))
      statuses.add(given.status)
    }
    expect([...statuses].sort()).toEqual([200, 304])
    const inGerman = await short(`${path}?locale=de`)
    expect(inGerman.json.product.name).toBe("Söckchen")
    expect(timeless(inGerman)).toEqual(timeless(await long(`${path}?locale=de`)))
    expect((await get(path)).json.product.name).toBe("Socks 1")
  })

  it("is given to nobody who asks for something else", async () => {
    const { call, get, kept, long, short, stocked } = await opened()
    const { id, path } = await stocked()
    await short(path)
    const asked: ReadonlyArray<Record<string, string>> = [
      { "cache-control": "no-cache" },
      { "if-min-version": `product:${id}=1` },
      { "if-min-version": "?" },
      { "if-none-match": "ä" },
      { authorization: "Bearer x" },
      { "holdfast-cart": "x" },
      { origin: "https://elsewhere.example" },
      { host: "one.example,two.example" }
    ]
    const { given } = kept
    for (const headers of asked) {
      expect([headers, (await get(path, headers)).status]).toEqual([
        headers,
        (await long(path, headers)).status
      ])
    }
    const before = kept.size.answers
    expect((await call("HEAD", path)).status).toBe(200)
    expect((await call("DELETE", `${path}x`)).status).toBe(400)
    expect((await get(`${path}?nonsense=1`)).status).toBe(400)
    expect((await get(`${path}/`)).status).toBe(404)
    expect([kept.given, kept.size.answers]).toEqual([given, before])
  })

  it("ends when anything that it was made of changes, and nothing older follows something newer", async () => {
    const seed = Number(process.env["HOLDFAST_SEED"] ?? randomInt(1, 100_000))
    let state = seed
    const below = (most: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((state / 2_147_483_648) * most)
    }
    const { call, get, kept, long, made, short, stocked } = await opened()
    const { categoryId, n, path } = await stocked()
    await made("/api/locations", { locationId: "second", name: "Second", priority: 9 })
    const other = (await made("/api/categories", { name: "Other" })).id
    const skuId = `sku-${n}a`
    let step = 0
    const changes = {
      rename: () => call("PATCH", path, { body: { name: `Socks at ${step}` } }),
      receive: () => call("POST", `/api/inventory/${skuId}/receive`, { body: { quantity: 1 } }),
      reserve: () =>
        call("POST", "/api/inventory/reservations", {
          body: { skuId, quantity: 1, orderId: `order-${step}`, ttl: 900 }
        }),
      category: () =>
        call("PATCH", `/api/categories/${categoryId}`, { body: { name: `Category at ${step}` } }),
      move: () =>
        call("POST", `/api/categories/${categoryId}/move`, {
          body: { parentId: below(2) === 0 ? other : null }
        }),
      close: () => call("PATCH", "/api/locations/default", { body: { active: below(2) === 0 } })
    }
    const done: Record<string, number> = {}
    let newest = 0
    const check = ({ json }: Answer) => {
      const { version } = json.product
      expect(version).toBeGreaterThanOrEqual(newest)
      newest = version
      return JSON.stringify(json)
    }
    const names = Object.keys(changes) as ReadonlyArray<keyof typeof changes>
    for (; step < 60; step++) {
      await short(path)
      const name = names[below(names.length)] ?? "rename"
      const { status } = await changes[name]()
      done[`${name} ${status < 300}`] = (done[`${name} ${status < 300}`] ?? 0) + 1
      const now = JSON.stringify((await long(path, { "cache-control": "no-cache" })).json)
      await vi.waitFor(async () => expect(check(await get(path))).toBe(now), {
        timeout: 10_000,
        interval: 2
      })
      expect(check(await short(path))).toBe(now)
      expect(check(await long(path))).toBe(now)
    }
    process.stdout.write(`seed ${seed}: ${JSON.stringify({ ...done, given: kept.given })}\n`)
    for (const name of names) expect([name, done[`${name} true`] ?? 0]).not.toEqual([name, 0])
  })

  it("ends when its product goes on sale or off it, by the clock alone", async () => {
    const { get, kept, short, stocked } = await opened()
    const now = Date.now()
    const at = (seconds: number) => new Date(now + seconds * 1_000).toISOString()
    const { path } = await stocked({ publishAt: at(60), unpublishAt: at(120) })
    vi.useFakeTimers({ toFake: ["Date"], now })
    await short(path)
    const shown = async () => (await get(path)).json.product.isShown
    // Set back, too.
    for (const [seconds, isShown] of [
      [59, false],
      [60, true],
      [119, true],
      [120, false],
      [61, true],
      [30, false]
    ] as const) {
      vi.setSystemTime(now + seconds * 1_000)
      expect([seconds, await shown()]).toEqual([seconds, isShown])
      expect((await short(path)).json.product.isShown).toBe(isShown)
    }
    // The last two answers were kept: the next one is given again, and that after it is made anew.
    const { given } = kept
    await shown()
    vi.setSystemTime(now + 60_000)
    await shown()
    expect(kept.given).toBe(given + 1)
  })

  it("is kept of copies alone, of those who ask as nobody in particular, and within bounds", async () => {
    const uncategorised = await opened({ caching: { categoriesMillis: 0 } })
    const { path } = await uncategorised.stocked()
    for (let n = 0; n < 3; n++) await uncategorised.get(path)
    expect(uncategorised.kept.size.answers).toBe(0)

    const small = await opened({ kept: { bytesMax: 40_000 } })
    const paths: Array<string> = []
    for (let n = 0; n < 8; n++) paths.push((await small.stocked()).path)
    for (const one of paths) await small.short(one)
    expect(small.kept.size.bytes).toBeLessThanOrEqual(40_000)
    expect(small.kept.size.answers).toBeGreaterThan(1)
    expect(small.kept.size.answers).toBeLessThan(8)
    await small.dispose()
    expect((await small.get(paths[7] ?? "")).status).toBe(503)
    expect(small.kept.size).toEqual({ answers: 0, bytes: 0 })
  })
})

describe("answers that are kept", () => {
  it("are those of one handler", async () => {
    const { kept } = await opened()
    const other = () => toNodeHandler(MemoryInventory.layer as never, { keptAnswers: kept })
    expect(other).toThrow("options.keptAnswers: belongs to another handler; give each one its own")
  })

  it("count their bytes, also when another one is kept while one is given", () => {
    const kept = new KeptAnswers()
    const given: Array<() => void> = []
    kept.open((_, answer, answered) => {
      const { bytes: body } = answer
      given.push(() => answered({ status: 200, headers: {}, body }))
      return true
    })
    const source = {}
    const request = { method: "GET", url: "/page", headers: {}, remoteAddress: undefined, source }
    const sources = { whole: [{ key: "a page", text: "its text" }] }
    const keep = (length: number) =>
      kept.keep({
        ...{ source, bytes: new Uint8Array(length), contentType: "text/plain", tag: '"1"' },
        ...{ principal: undefined, route: {}, operation: "product", again: Effect.void },
        ...{ fromMillis: Number.NEGATIVE_INFINITY, untilMillis: Number.POSITIVE_INFINITY },
        notes: { sources }
      } as unknown as Parameters<typeof kept.keep>[0])
    expect(kept.take(request, () => true)).toBe(false)
    keep(10_000)
    for (let n = 0; n < 10; n++) expect(kept.take(request, () => true)).toBe(true)
    keep(100)
    const { bytes } = kept.size
    for (const give of given) give()
    expect(given).toHaveLength(10)
    expect(kept.size).toEqual({ answers: 1, bytes })
  })

  it("are compressed as their own handler does it, and go out as they are where it throws", async () => {
    const marked = (mark: number) => async (bytes: Uint8Array) =>
      Uint8Array.of(mark, bytes.length % 7)
    const one = await opened({ http: { compressors: new Map([["one", marked(1)]]) } })
    const two = await opened({
      http: {
        compressors: new Map([
          ["two", marked(2)],
          [
            "bad",
            () => {
              throw new Error("no memory")
            }
          ]
        ])
      }
    })
    const accepted = { "accept-encoding": "one, two" }
    for (const [world, encoding] of [
      [one, "one"],
      [two, "two"]
    ] as const) {
      const { path } = await world.stocked()
      await world.short(path)
      expect((await world.short(path, accepted)).headers["content-encoding"]).toBe(encoding)
    }
    const { path } = await two.stocked()
    await two.short(path)
    const bad = { "accept-encoding": "bad" }
    const answers = await Promise.all([two.get(path, bad), two.get(path, bad), two.get(path)])
    for (const { headers, json, status } of answers) {
      expect([status, headers["content-encoding"]]).toEqual([200, undefined])
      expect(json).toEqual(answers[2]?.json)
    }
  })
})

const admin: Principal = { id: "root", kind: "USER", roles: ["ADMIN"] }

const rate = (count: number) => ({ count, windowMillis: 3_600_000 })

const anybody = (answer: Answer) => [answer.status, answer.headers["x-holdfast-cache"]]

describe("the short way keeps the rules of the long one", () => {
  it("draws from the same buckets, and says how much is left of them", async () => {
    const http = { limits: { address: { reads: rate(12) }, principal: { reads: rate(40) } } }
    const { get, kept, long, stocked } = await opened({ http })
    const { path } = await stocked()
    const left = ({ headers }: Answer) =>
      /"address-reads";r=(\d+);t=\d+, "principal-reads";r=(\d+);/
        .exec(String(headers["ratelimit"]))
        ?.slice(1)
    const seen: Array<unknown> = []
    for (let n = 0; n < 14; n++) {
      const answer = n % 3 === 2 ? await long(path) : await get(path)
      seen.push([answer.status, left(answer)?.join(" ")])
    }
    expect(seen.slice(0, 12)).toEqual(
      Array.from({ length: 12 }, (_, n) => [200, `${11 - n} ${39 - n}`])
    )
    expect(seen.slice(12)).toEqual([
      [429, undefined],
      [429, undefined]
    ])
    expect(kept.given).toBeGreaterThan(3)
  })

  it("is not there where somebody finds out who asks", async () => {
    const authenticate: Authenticator = ({ headers: { authorization } }) =>
      Effect.succeed(authorization === "Bearer admin" ? admin : anonymousPrincipal)
    const { get, kept, stocked } = await opened({ http: { authenticate } })
    const authorization = "Bearer admin"
    const { path } = await stocked({}, { authorization })
    await vi.waitFor(async () =>
      expect(anybody(await get(path, { authorization }))).toEqual([200, "hit"])
    )
    for (let n = 0; n < 3; n++) {
      expect((await get(path)).status).toBe(401)
      expect(anybody(await get(path, { authorization }))).toEqual([200, "hit"])
    }
    expect([kept.given, kept.size.answers]).toEqual([0, 0])
  })

  it("sheds what is one too many, whichever way the others went", async () => {
    let release = () => undefined as void
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: Compress = async (bytes) => {
      await held
      return bytes
    }
    const http = { limits: { requestsMax: 1 }, compressors: new Map([["slow", slow]]) }
    const { get, kept, short, stocked } = await opened({ http })
    const { path } = await stocked()
    await short(path)
    const { given } = kept
    const waiting = get(path, { "accept-encoding": "slow" })
    await vi.waitFor(async () => expect((await get(path)).status).toBe(503))
    release()
    expect((await waiting).status).toBe(200)
    expect(kept.given).toBe(given + 1)
    expect((await short(path)).status).toBe(200)
  })

  it("counts and times requests by their route, and views of products, and leaves what is traced", async () => {
    const spans: Array<string> = []
    const tracer = Tracer.make({
      span: (options) => {
        spans.push(options.name)
        return new Tracer.NativeSpan(options)
      }
    })
    const traced = await opened({ more: Layer.succeed(Tracer.Tracer, tracer) })
    const one = await traced.stocked()
    for (let n = 0; n < 5; n++) await traced.get(one.path)
    expect(traced.kept.given).toBe(0)

    const lines: Array<unknown> = []
    const plain = await opened({
      http: { accessLog: { which: "all" }, log: (entry) => void lines.push(entry) }
    })
    const { path } = await plain.stocked()
    const tag = String((await plain.short(path)).headers["etag"])
    const before = lines.length
    for (let n = 0; n < 3; n++) await plain.get(path, n === 2 ? { "if-none-match": tag } : {})
    expect(lines.slice(before)).toMatchObject(Array(3).fill({ message: "request" }))
    const views = async () =>
      (await plain.call("GET", "/api/reports/most-viewed")).json.items[0]?.views
    await vi.waitFor(async () => expect(await views()).toBe(plain.asked(path)))
  })
})
