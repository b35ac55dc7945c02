/**
 * Three servers over one PostgreSQL, each with copies of stock, and buyers who look at one and buy at another:
 * what they see may be a little old, and no unit is sold twice, whatever becomes of the cache.
 */
import { freshDatabase, type RedisServer, startRedis, whyNoRedis } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, expect, it, vi } from "vitest"
import { get, inParallel, registerSku, reserve } from "../requests.ts"
import { type ServerProcess, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

const units = 60
const buyers = 240

interface Race {
  readonly bought: number
  readonly refused: number
  /** Buyers who were shown units that were gone. */
  readonly misled: number
  /** Looks that a cache answered. */
  readonly hits: number
}

/** Lets buyers look at one server and buy at another. `midway` happens when half of them are through. */
const race = async (
  servers: ReadonlyArray<ServerProcess>,
  skuId: string,
  midway: () => Promise<void> = () => Promise.resolve()
): Promise<Race> => {
  let [bought, refused, misled, hits, through] = [0, 0, 0, 0, 0]
  const all = Array.from({ length: buyers }, (_, nth) => nth)
  await inParallel(all, 32, async (nth) => {
    const [here, there] = [servers[nth % 3]?.url ?? "", servers[(nth + 1) % 3]?.url ?? ""]
    const seen = await get(here, `/api/inventory/${skuId}`)
    expect(seen.status).toBe(200)
    if (seen.headers.get("x-holdfast-cache") === "hit") hits += 1
    const answer = await reserve(there, skuId, `${skuId}-${nth}`)
    if (answer.status === 201) bought += 1
    else {
      expect([answer.status, answer.body.code ?? answer.body.type]).toEqual([
        409,
        expect.anything()
      ])
      refused += 1
      if (seen.body.availableQuantity > 0) misled += 1
    }
    through += 1
    if (through === buyers / 2) await midway()
  })
  return { bought, refused, misled, hits }
}

/** What every server shows in the end. */
const soldOut = async (servers: ReadonlyArray<ServerProcess>, skuId: string) => {
  for (const { url } of servers) {
    await expect
      .poll(async () => (await get(url, `/api/inventory/${skuId}`)).body, { timeout: 30_000 })
      .toMatchObject({ totalQuantity: units, reservedQuantity: units, availableQuantity: 0 })
  }
}

describePostgres(18, "three servers with caches", () => {
  const closings: Array<() => Promise<unknown>> = []

  afterAll(async () => {
    for (const close of closings.reverse()) await close()
  })

  const three = async (...args: ReadonlyArray<string>) => {
    const { drop, url } = await freshDatabase()
    closings.push(drop)
    const start = () =>
      startServer(["--max-connections", "6", ...args], { env: { HOLDFAST_DATABASE: url } })
    // The first one makes the tables.
    const servers = [await start(), ...(await inParallel([1, 2], 2, start))]
    closings.push(() => inParallel(servers, 3, (server) => server.kill9()))
    return servers
  }

  it("sell no unit twice, each with copies of its own", async () => {
    const servers = await three("--cache", "memory")
    await registerSku(servers[0]?.url ?? "", "last", units)
    await expect
      .poll(
        async () => {
          const { headers } = await get(servers[2]?.url ?? "", "/api/inventory/last")
          return headers.get("x-holdfast-cache")
        },
        { timeout: 30_000 }
      )
      .toBe("hit")
    const { bought, hits, misled, refused } = await race(servers, "last")
    expect([bought, refused]).toEqual([units, buyers - units])
    // Copies were shown, also of what was gone, or this would not be about caches.
    expect(hits).toBeGreaterThan(0)
    expect(misled).toBeGreaterThan(0)
    await soldOut(servers, "last")
  })

  it.skipIf(whyNoRedis() !== undefined)(
    `sell no unit twice with copies in a Redis that dies on the way${whyNoRedis() ?? ""}`,
    async () => {
      const redis: RedisServer = await startRedis({ settings: { maxmemory: "64mb" } })
      closings.push(() => redis.stop())
      const servers = await three("--redis", redis.url, "--redis-timeout", "250ms")
      await registerSku(servers[0]?.url ?? "", "first", units)
      const whole = await race(servers, "first")
      expect([whole.bought, whole.refused]).toEqual([units, buyers - units])
      expect(whole.hits).toBeGreaterThan(0)
      await soldOut(servers, "first")

      await registerSku(servers[0]?.url ?? "", "second", units)
      const broken = await race(servers, "second", () => redis.kill9())
      expect([broken.bought, broken.refused]).toEqual([units, buyers - units])
      await soldOut(servers, "second")
      await redis.restart()
      await soldOut(servers, "first")
      await soldOut(servers, "second")
    }
  )
})
