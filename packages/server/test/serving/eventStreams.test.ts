/** Event streams of servers over PostgreSQL, read by the typed client and by plain requests. */
import { makeClient } from "@holdfast/http"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Stream from "effect/Stream"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { openSession } from "../commands/openSession.ts"
import { get, inParallel, registerSku, reserve, startLoad } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const reserved = "inventory.stock.reserved"

/** The next events of a stream; the client then leaves. */
const next = (url: string, after: string, count: number) =>
  Effect.gen(function* () {
    const client = yield* makeClient({ baseUrl: url })
    const stream = yield* client.events.stream({
      headers: { "last-event-id": after },
      query: { types: [reserved] }
    })
    return yield* Stream.runCollect(Stream.take(stream, count))
  }).pipe(
    Effect.provide(FetchHttpClient.layer),
    Effect.map((messages) => messages.map(({ id = "" }) => id)),
    Effect.runPromise
  )

/** Opens a stream; resolves with its text once it has ended. */
const openStream = async (url: string): Promise<{ readonly text: Promise<string> }> => {
  const response = await fetch(`${url}/api/events/stream`)
  expect(response.status).toBe(200)
  return { text: response.text() }
}

describePostgres(18, "event streams of servers on one PostgreSQL", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.drop())

  it("have every event of both, once and in order, for a client that comes back 16 times", async () => {
    await using one = await startServer(["--database", database.url])
    await using other = await startServer(["--database", database.url])
    const skuIds = ["mug", "cup", "can"]
    for (const skuId of skuIds) await registerSku(one.url, skuId, 1_000)
    const loads = [one, other].map(({ url }, index) =>
      startLoad({
        url,
        skuIds,
        callers: 4,
        name: `load-${index}`,
        unanswered: "repeat",
        requests: 50
      })
    )
    const ids: Array<string> = []
    while (ids.length < 400) {
      const server = ids.length % 50 === 0 ? one : other
      ids.push(...(await next(server.url, ids.at(-1) ?? "0", 25)))
    }
    await Promise.all(loads.map(({ done }) => done))
    const page = await get(one.url, `/api/events?types=${reserved}&size=1000`)
    expect(page.body.items).toHaveLength(400)
    expect(ids).toEqual(
      page.body.items.map(
        ({ eventId, position }: { readonly eventId: string; readonly position: number }) =>
          `${position}.${eventId}`
      )
    )
  })

  it("are 100 at most, share one connection, and do not hold up a server that stops", async () => {
    await using server = await startServer(["--database", database.url], {
      env: { HOLDFAST_LEAVE_TIME: "10m" }
    })
    await using admin = await openSession(database.url)
    const streams = await inParallel(Array.from({ length: 100 }), 10, () => openStream(server.url))
    const refused = await get(server.url, "/api/events/stream")
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0)
    expect(refused.body).toMatchObject({
      type: "urn:holdfast:problem:too-many-streams",
      detail: "This server has 100 event streams open and takes no more; try again later"
    })
    const listening = await admin.until(
      `select count(*)::int4 as n from pg_stat_activity
       where datname = current_database() and query ilike 'listen %'`,
      ({ n }) => Number(n) > 0
    )
    expect(listening).toEqual({ n: 1 })
    await registerSku(server.url, "jar", 1)
    await reserve(server.url, "jar", "jar-1")
    const { next: head } = (await get(server.url, "/api/events?size=1000")).body
    server.signal("SIGTERM")
    const texts = await Promise.all(streams.map(({ text }) => text))
    // A stream may end before it has the newest events: its client goes on from what it has.
    for (const text of texts) {
      const ids = [...text.matchAll(/^id: (\d+)/gm)].map(([, id]) => Number(id))
      expect(ids).toEqual([...ids].sort((a, b) => a - b))
      expect(ids.at(-1)).toBeLessThanOrEqual(head)
      expect(text.endsWith("\n\n")).toBe(true)
    }
    // The server still leaves; a second signal ends that.
    expect((await get(server.url, "/health/live")).status).toBe(200)
    server.signal("SIGTERM")
    expect((await server.ended).code).toBe(0)
  })
})
