import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshDatabase, startPostgres } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { get, inParallel, type Load, missingOf, registerSku, startLoad } from "../requests.ts"
import { holdfast, type ServerProcess, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const skuIds = ["hot", "warm", "cold"]

/** Everything that was acknowledged is there, no SKU is oversold, and every level agrees. */
const expectKept = async (server: ServerProcess, place: ReadonlyArray<string>, load: Load) => {
  expect(await missingOf(server.url, load.acknowledged)).toEqual([])
  const levels = await inParallel(skuIds, 3, async (skuId) => {
    const { body } = await get(server.url, `/api/inventory/${skuId}`)
    return body as { readonly reservedQuantity: number; readonly totalQuantity: number }
  })
  const reserved = levels.reduce((sum, level) => sum + level.reservedQuantity, 0)
  expect(reserved).toBeGreaterThanOrEqual(load.acknowledged.length)
  for (const level of levels)
    expect(level.reservedQuantity).toBeLessThanOrEqual(level.totalQuantity)
  await server.stop()
  const { code, stdout } = await holdfast(["reconcile", "--json", ...place])
  expect(JSON.parse(stdout)).toMatchObject({ levels: 3, agreeing: 3, accuracy: 1 })
  expect(code).toBe(0)
  return reserved
}

/** Kills a server with SIGKILL while callers reserve, and starts another one in its place. */
const killUnderLoad = async (place: ReadonlyArray<string>) => {
  await using server = await startServer(place)
  await inParallel(skuIds, 3, (skuId) => registerSku(server.url, skuId, 5_000))
  const load = startLoad({ url: server.url, skuIds, callers: 24, name: "load", unanswered: "stop" })
  await load.reaches(400)
  expect((await server.kill9()).signal).toBe("SIGKILL")
  await load.done
  expect(load.statuses.get(0)).toBeGreaterThan(0)
  await using next = await startServer(place)
  await expectKept(next, place, load)
}

it("keeps every answer when a server on a folder is killed under load", async () => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-crash-"))
  await killUnderLoad(["--folder", folder])
  await rm(folder, { recursive: true, force: true })
})

describePostgres(18, "on PostgreSQL", () => {
  it("keeps every answer when a server is killed under load", async () => {
    const database = await freshDatabase()
    await killUnderLoad(["--database", database.url])
    await database.drop()
  })

  it("keeps every answer, and sells each unit once, when PostgreSQL is killed under load", async () => {
    const postgres = await startPostgres({ fsync: true })
    const place = ["--database", postgres.url()]
    await using server = await startServer(place)
    await inParallel(skuIds, 3, (skuId) => registerSku(server.url, skuId, 300))
    // 960 requests want 900 units; who gets no answer asks again with the same key.
    const load = startLoad({
      url: server.url,
      skuIds,
      callers: 24,
      requests: 40,
      name: "load",
      unanswered: "repeat"
    })
    await load.reaches(200)
    await postgres.kill9()
    expect((await get(server.url, "/health/ready")).status).toBe(503)
    expect(load.acknowledged.length).toBeLessThan(900)
    await postgres.restart()
    await load.done
    expect(new Set(load.acknowledged).size).toBe(900)
    expect(load.statuses.get(409)).toBe(60)
    expect(await expectKept(server, place, load)).toBe(900)
    await postgres.stop()
  })
})
