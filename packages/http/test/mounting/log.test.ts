/** Where a mounted API logs. */
import type { HoldfastInventory } from "@holdfast/core"
import { type LogEntry, loggerTo } from "@holdfast/core/engine"
import { StoreError, toPromises } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type MountOptions, webHandler } from "../../src/index.ts"
import { toNodeHandler } from "../../src/node/index.ts"
import { serve } from "../node/nodeHosts.ts"
import { HandClock, memoryEngine, send } from "../server.ts"

let printed: Array<string> = []
beforeEach(() => {
  printed = []
  for (const method of ["log", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => {
      printed.push(words.join(" "))
    })
  }
})
afterEach(() => vi.restoreAllMocks())

const broken = memoryEngine(new HandClock(), {
  reads: { ping: Effect.die(new Error("a bug of ours")) }
})

const logTo = (entries: Array<LogEntry>) => (entry: LogEntry) => entries.push(entry)

/** An inventory that logs to entries, as `createInventory({ log })` makes it. */
const inventoryThatLogs = (entries: Array<LogEntry>): Promise<HoldfastInventory> =>
  toPromises(Layer.provideMerge(broken, Logger.layer([loggerTo(logTo(entries))])))

const ready = () => new Request("https://shop.example/health/ready")

const bug = { level: "error", message: "GET /health/ready failed" }

describe("what a mounted API logs", () => {
  it("goes to the log of the inventory", async () => {
    const entries: Array<LogEntry> = []
    await using inventory = await inventoryThatLogs(entries)
    const { dispose, handler } = webHandler(inventory)
    expect((await handler(ready())).status).toBe(500)
    expect(entries).toMatchObject([{ ...bug, cause: expect.stringContaining("a bug of ours") }])
    expect(printed).toEqual([])
    await dispose()
  })

  it("goes to its own log where that is given, also in a host on Node", async () => {
    const ofInventory: Array<LogEntry> = []
    const entries: Array<LogEntry> = []
    await using inventory = await inventoryThatLogs(ofInventory)
    const log = logTo(entries)
    const web = webHandler(inventory, { log })
    expect((await web.handler(ready())).status).toBe(500)
    const node = toNodeHandler(inventory, { log })
    const host = await serve(async (request, response) => {
      for await (const _ of request);
      node.listener(request, response)
    })
    expect((await send(host.port, "GET", "/health/ready")).status).toBe(500)
    const lost = await send(host.port, "POST", "/api/skus", { body: { code: "A", name: "A" } })
    expect(lost.status).toBe(500)
    expect(entries).toMatchObject([
      bug,
      bug,
      { level: "error", message: expect.stringContaining("before what reads bodies") }
    ])
    expect([ofInventory, printed]).toEqual([[], []])
    await host.close()
    await Promise.all([web.dispose(), node.dispose()])
  })

  it("says each reason why an engine cannot be opened, once, and that it is open", async () => {
    const entries: Array<LogEntry> = []
    const reasons = ["the server is away", "the server is away", "the password is wrong"]
    const opening = Layer.effectDiscard(
      Effect.suspend(() => {
        const message = reasons.shift()
        return message === undefined
          ? Effect.void
          : Effect.fail(new StoreError({ reason: "Unavailable", message }))
      })
    )
    const engine = Layer.provideMerge(memoryEngine(new HandClock()), opening)
    const { dispose, handler } = webHandler(engine, { log: logTo(entries) })
    await vi.waitFor(async () => expect((await handler(ready())).status).toBe(200), {
      timeout: 20_000,
      interval: 10
    })
    expect(entries.map(({ level, cause }) => [level, cause?.split("\n", 1)[0]])).toEqual([
      ["warn", expect.stringContaining("the server is away")],
      ["warn", expect.stringContaining("the password is wrong")],
      ["info", undefined]
    ])
    expect(printed).toEqual([])
    await dispose()
  })

  it("needs a function for a log", () => {
    expect(() => webHandler(broken, { log: "console" } as unknown as MountOptions)).toThrow(
      expect.objectContaining({
        code: "InvalidInput",
        details: { issues: [{ path: "options.log", message: "must be a function" }] }
      })
    )
  })
})
