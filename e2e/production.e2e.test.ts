/**
 * The production tree, which the image copies, run as the image runs it: by a user who owns nothing,
 * from a root that cannot be written to and has no shell.
 */
import { execFile } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { eventually } from "../packages/server/test/eventually.ts"
import { get, post } from "../packages/server/test/requests.ts"
import { followTopic } from "../packages/server/test/serving/topics.ts"
import {
  freePort,
  freshDatabase,
  sharedKafka,
  whyNoKafka,
  whyNoPostgres
} from "../test-servers/src/index.ts"
import { describeUnless } from "../test-servers/src/suites/describeUnless.ts"
import { type Cells, makeCells, userOfCells, whyNoCell } from "./production/cell.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const root = fileURLToPath(new URL("..", import.meta.url))
const command = "/app/bin/holdfast.js"
const bytesMax = 150 * 1024 * 1024

interface Told {
  readonly bytes: number
  readonly deployedBytes: number
  readonly bundled: ReadonlyArray<string>
  readonly apart: ReadonlyArray<string>
}

let tree: string
let told: Told
beforeAll(async () => {
  const place = mkdtempSync(join(tmpdir(), "holdfast-production-"))
  chmodSync(place, 0o755)
  tree = join(place, "app")
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, "scripts/production.mjs"), tree],
    { cwd: root }
  )
  told = JSON.parse(stdout)
})
afterAll(() => rmSync(join(tree, ".."), { recursive: true, force: true }))

/** A part of the name of a package, as lists of parts write it: without its scope. */
const bare = (name: string) => name.slice(name.indexOf("/") + 1)

it("is within its budget of 150 MB without Node", () => {
  const megabytes = (bytes: number) => (bytes / 1_048_576).toFixed(1)
  console.log(
    `production tree ${megabytes(told.bytes)} MB, of ${megabytes(told.deployedBytes)} MB that pnpm deploy made`
  )
  expect(told.bytes).toBeGreaterThan(10_000_000)
  expect(told.bytes).toBeLessThan(bytesMax)
})

it("has a bill of materials that names every package in it", async () => {
  const { stdout } = await promisify(execFile)(
    "npx",
    ["--yes", "--prefer-offline", "pnpm@12.21.0", "--silent", "run", "sbom"],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 }
  )
  const bill = JSON.parse(stdout) as {
    readonly bomFormat: string
    readonly components: ReadonlyArray<{ readonly name: string; readonly purl: string }>
  }
  expect(bill.bomFormat).toBe("CycloneDX")
  const named = new Set(bill.components.map(({ name }) => name))
  const inside = [...told.bundled, ...told.apart]
  expect(inside.length).toBeGreaterThan(40)
  expect(inside.filter((name) => !named.has(bare(name)))).toEqual([])
})

describeUnless(whyNoCell(), "the production tree in a cell", () => {
  let cells: Cells
  beforeAll(() => {
    cells = makeCells(tree)
  })
  afterAll(() => cells?.[Symbol.dispose]())

  it("serves from the embedded database, and keeps what it was told", async () => {
    const port = await freePort()
    const env = {
      HOLDFAST_PORT: String(port),
      HOLDFAST_FOLDER: "/data/holdfast",
      HOLDFAST_GRAPHQL: "true",
      HOLDFAST_DEMO: "true"
    }
    const url = `http://127.0.0.1:${port}`
    {
      await using server = cells.begin([command, "serve", "--json"], env)
      await server.prints('"isReady":true')
      expect(server.kernelSays("status")).toMatch(new RegExp(`^Uid:(\\s${userOfCells}){4}$`, "m"))
      expect(server.kernelSays("status")).toMatch(/^NoNewPrivs:\s1$/m)
      expect(server.kernelSays("status")).toMatch(/^CapEff:\s0{16}$/m)
      const mounts = server
        .kernelSays("mountinfo")
        .split("\n")
        .filter((line) => line !== "")
      const writable = mounts.filter((line) => / rw[, ]/.test(line.split(" - ")[0] ?? ""))
      const places = writable.map((line) => line.split(" ")[4])
      expect(places.filter((path) => !path?.startsWith("/dev/")).sort()).toEqual(["/data", "/tmp"])
      const well = await cells.run([command, "health"], env)
      expect([well.code, well.stdout]).toEqual([0, expect.stringMatching(/^ready\n/)])
      const asked = await post(url, "/graphql", { query: "{ __typename }" })
      expect(asked.body).toEqual({ data: { __typename: "Query" } })
      const sku = { skuId: "mug-9", code: "MUG-9", name: "Mug", initialStock: 3 }
      expect((await post(url, "/api/skus", sku)).status).toBe(201)
      expect((await server.stop()).code).toBe(0)
    }
    const ill = await cells.run([command, "health"], env)
    expect(ill.code).toBe(1)
    await using again = cells.begin([command, "serve", "--json"], env)
    await again.prints('"isReady":true')
    expect((await get(url, "/api/inventory/mug-9")).body).toMatchObject({ availableQuantity: 3 })
  })

  it("has no shell, and cannot change itself", async () => {
    const attempt = (text: string) => cells.run(["-e", text])
    const write = await attempt('require("node:fs").writeFileSync("/app/bin/holdfast.js", "")')
    expect(write.stderr).toContain("EROFS")
    const shell = await attempt(
      'console.log(require("node:child_process").spawnSync("/bin/sh", ["-c", "id"]).error.code)'
    )
    expect(shell.stdout).toBe("ENOENT\n")
    expect(existsSync("/bin/sh")).toBe(true)
  })

  describeUnless(whyNoPostgres(18), "on PostgreSQL", () => {
    it("is migrated by one command, and then served by another", async () => {
      const { drop, url: database } = await freshDatabase()
      const port = await freePort()
      const env = {
        HOLDFAST_DATABASE: database,
        HOLDFAST_PORT: String(port),
        HOLDFAST_MIGRATE: "false",
        HOLDFAST_MAX_CONNECTIONS: "5"
      }
      const migrated = await cells.run([command, "migrate"], env)
      expect([migrated.code, migrated.stderr]).toEqual([0, ""])
      {
        const begunAt = performance.now()
        await using server = cells.begin([command, "serve", "--json"], env)
        await server.prints('"isReady":true')
        const readyMillis = performance.now() - begunAt
        const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(server.kernelSays("status")) ?? []
        const megabytes = Number(kilobytes) / 1_024
        console.log(`ready after ${Math.round(readyMillis)} ms, with ${Math.round(megabytes)} MB`)
        // What a pod of the chart asks for; and a machine may be busy.
        expect(megabytes).toBeLessThan(256)
        expect(readyMillis).toBeLessThan(30_000)
        const sku = { skuId: "mug-9", code: "MUG-9", name: "Mug", initialStock: 3 }
        const { status } = await post(`http://127.0.0.1:${port}`, "/api/skus", sku)
        expect(status).toBe(201)
        expect((await server.stop()).code).toBe(0)
      }
      const agreed = await cells.run([command, "reconcile"], env)
      expect(agreed.code).toBe(0)
      await drop()
    })
  })

  describeUnless(whyNoKafka(), "with Kafka", () => {
    for (const client of ["platformatic", "kafkajs"]) {
      it(`publishes by the bundled client (${client})`, async () => {
        const { brokers } = await sharedKafka()
        const port = await freePort()
        const prefix = `production-${process.pid}-${client}`
        await using server = cells.begin([command, "serve", "--json"], {
          HOLDFAST_MEMORY: "true",
          HOLDFAST_PORT: String(port),
          HOLDFAST_KAFKA: brokers.join(","),
          HOLDFAST_KAFKA_CLIENT: client,
          HOLDFAST_KAFKA_TOPIC_PREFIX: prefix,
          HOLDFAST_KAFKA_CREATE_TOPICS: "true",
          HOLDFAST_KAFKA_PARTITIONS: "1"
        })
        await server.prints('"isReady":true')
        const sku = { skuId: "mug-9", code: "MUG-9", name: "Mug", initialStock: 3 }
        expect((await post(`http://127.0.0.1:${port}`, "/api/skus", sku)).status).toBe(201)
        await server.prints("events go to Kafka")
        await using topic = await followTopic(brokers, `${prefix}.inventory`)
        await eventually(async () => (topic.received.length > 0 ? true : undefined))
        expect(topic.received[0]).toMatchObject({ aggregateId: "mug-9" })
      })
    }
  })
})
