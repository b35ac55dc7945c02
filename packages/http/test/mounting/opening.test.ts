/** The web handler while its engine cannot be opened. */
import { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type WebHandler, webHandler } from "../../src/index.ts"
import { HandClock, memoryEngine } from "../server.ts"

const away = new StoreError({ reason: "Unavailable", message: "the database cannot be reached" })

/** An engine that opens once the gate is open; what was opened and closed on the way is counted. */
const gatedEngine = (failure: Effect.Effect<never, unknown> = Effect.fail(away)) => {
  const gate = { isOpen: false, opened: 0, closed: 0 }
  const counted = Layer.effectDiscard(
    Effect.acquireRelease(
      Effect.sync(() => {
        gate.opened += 1
      }),
      () =>
        Effect.sync(() => {
          gate.closed += 1
        })
    )
  )
  const layer = Layer.effectDiscard(
    Effect.suspend(() => (gate.isOpen ? Effect.void : failure))
  ).pipe(Layer.provideMerge(counted))
  return { gate, engine: Layer.provideMerge(memoryEngine(new HandClock()), layer) }
}

let logged: Array<string> = []
beforeEach(() => {
  logged = []
  vi.spyOn(console, "log").mockImplementation((...words) => {
    logged.push(words.join(" "))
  })
})
afterEach(() => vi.restoreAllMocks())

const get = (path: string, method = "GET"): Request =>
  new Request(`https://shop.example${path}`, { method })

const untilReady = ({ handler }: WebHandler) =>
  vi.waitFor(async () => expect((await handler(get("/health/ready"))).status).toBe(200), {
    timeout: 20_000,
    interval: 10
  })

describe("H3 a web handler whose engine cannot be opened", () => {
  it("answers 503 with Retry-After, lives, and serves once the engine opens", async () => {
    const { engine, gate } = gatedEngine()
    const mounted = webHandler(engine)
    for (const path of ["/health/ready", "/api/skus", "/api/inventory/mug", "/docs", "/nowhere"]) {
      const refused = await mounted.handler(get(path))
      expect([path, refused.status]).toEqual([path, 503])
      expect(refused.headers.get("content-type")).toBe("application/problem+json")
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0)
      expect(await refused.json()).toMatchObject({
        type: "urn:holdfast:problem:store-unavailable",
        status: 503,
        detail: expect.stringContaining("the database cannot be reached")
      })
    }
    const live = await mounted.handler(get("/health/live?at=once"))
    expect([live.status, await live.json()]).toEqual([200, { status: "live" }])
    expect((await mounted.handler(get("/health/live", "HEAD"))).status).toBe(200)
    expect((await mounted.handler(get("/health/live", "POST"))).status).toBe(503)
    gate.isOpen = true
    await untilReady(mounted)
    expect((await mounted.handler(get("/nowhere"))).status).toBe(404)
    await mounted.dispose()
  })

  it("tries again and again, closes what each attempt opened, and logs it once", async () => {
    const { engine, gate } = gatedEngine()
    const mounted = webHandler(engine)
    await vi.waitFor(() => expect(gate.closed).toBeGreaterThan(2), {
      timeout: 20_000,
      interval: 10
    })
    gate.isOpen = true
    await untilReady(mounted)
    expect(gate.opened).toBe(gate.closed + 1)
    await mounted.dispose()
    expect(gate.opened).toBe(gate.closed)
    const lines = logged.filter((line) => line.includes("cannot be opened yet"))
    expect(lines).toHaveLength(1)
    expect(lines.join()).toContain("the database cannot be reached")
    expect(logged.filter((line) => line.includes("the inventory is open"))).toHaveLength(1)
  })

  it.each([
    ["fails with what is no failed store", Effect.fail(new Error("s3cret-word is wrong"))],
    ["breaks", Effect.die(new Error("s3cret-word is wrong"))],
    [
      "finds a store that breaks",
      Effect.fail(new StoreError({ reason: "Rejected", message: "s3cret-word is wrong" }))
    ]
  ])("shows the reason to the log only when the engine %s", async (_, failure) => {
    const { engine, gate } = gatedEngine(failure)
    const mounted = webHandler(engine)
    const refused = await mounted.handler(get("/api/skus"))
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"])
    expect(await refused.text()).not.toContain("s3cret-word")
    expect(logged.join()).toContain("s3cret-word is wrong")
    gate.isOpen = true
    await untilReady(mounted)
    await mounted.dispose()
  })

  it("does not wait for an engine that takes long to open", async () => {
    const { engine } = gatedEngine(Effect.never)
    const mounted = webHandler(engine, { requestTimeout: "20 millis" })
    expect((await mounted.handler(get("/health/live"))).status).toBe(200)
    const refused = await mounted.handler(get("/api/skus"))
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"])
    await mounted.dispose()
  })

  it("can be disposed of while it opens, and answers 503 from then on", async () => {
    const { engine, gate } = gatedEngine(Effect.never)
    const mounted = webHandler(engine)
    const asked = mounted.handler(get("/api/skus"))
    await mounted.dispose()
    await mounted.dispose()
    expect([gate.opened, gate.closed]).toEqual([1, 1])
    for (const answer of [await asked, await mounted.handler(get("/api/skus"))]) {
      expect(answer.status).toBe(503)
      expect(await answer.json()).toMatchObject({ type: "urn:holdfast:problem:shutting-down" })
    }
  })
})
