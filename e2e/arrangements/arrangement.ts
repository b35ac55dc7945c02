/**
 * The ways in which a shop may be run: one process on the embedded database or on PostgreSQL, and two
 * processes, for products and for stock, on two folders or two databases. Real processes, each on a
 * leash.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { eventually } from "../../packages/server/test/eventually.ts"
import { get } from "../../packages/server/test/requests.ts"
import {
  type BegunServer,
  beginServer,
  type ServerProcess,
  startServer
} from "../../packages/server/test/ServerProcess.ts"
import { freshDatabase } from "../../test-servers/src/index.ts"

/** A process of a shop. */
export interface Part {
  /** Where its API is. */
  readonly url: string
  /** Kills it at once. */
  readonly kill: () => Promise<void>
  /** Starts it again at its address, and waits until it is ready. */
  readonly startAgain: () => Promise<void>
}

/** A shop that is open. */
export interface Shop extends AsyncDisposable {
  /** Where products are; the same part as `inventory` in one process. */
  readonly catalog: Part
  readonly inventory: Part
}

/** Where a part keeps what it has. */
interface Place {
  readonly env: Readonly<Record<string, string>>
  readonly release: () => Promise<void> | void
}

const inFolder = (): Place => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-shop-"))
  return {
    env: { HOLDFAST_FOLDER: join(folder, "data") },
    release: () => rmSync(folder, { recursive: true, force: true })
  }
}

const inDatabase = async (): Promise<Place> => {
  const { drop, url } = await freshDatabase()
  return { env: { HOLDFAST_DATABASE: url, HOLDFAST_MAX_CONNECTIONS: "5" }, release: drop }
}

/** Starts a part of a shop; what it started ends with the scope. */
const startPart = async (place: Place, settings: Readonly<Record<string, string>>) => {
  const env = { ...place.env, ...settings }
  const first = await startServer([], { env })
  let running: ServerProcess | BegunServer = first
  const part: Part = {
    url: first.url,
    kill: async () => {
      running.signal("SIGKILL")
      await running.ended
    },
    startAgain: async () => {
      running = beginServer(first.port, [], { env })
      await eventually(() =>
        get(first.url, "/health/ready").then(
          ({ status }) => (status === 200 ? true : undefined),
          () => undefined
        )
      )
    }
  }
  const end = async () => {
    await running[Symbol.asyncDispose]()
    await place.release()
  }
  return { part, end }
}

const inOneProcess = async (place: Place): Promise<Shop> => {
  const { end, part } = await startPart(place, {})
  return { catalog: part, inventory: part, [Symbol.asyncDispose]: end }
}

const inTwoProcesses = async (places: readonly [Place, Place]): Promise<Shop> => {
  const inventory = await startPart(places[0], { HOLDFAST_SERVICE: "inventory" })
  const catalog = await startPart(places[1], {
    HOLDFAST_SERVICE: "product",
    HOLDFAST_INVENTORY_URL: inventory.part.url
  })
  return {
    catalog: catalog.part,
    inventory: inventory.part,
    [Symbol.asyncDispose]: async () => {
      await catalog.end()
      await inventory.end()
    }
  }
}

/** A way to run a shop. */
export interface Arrangement {
  readonly name: string
  readonly needsPostgres: boolean
  readonly isApart: boolean
  readonly open: () => Promise<Shop>
}

/** All ways to run a shop. */
export const arrangements: ReadonlyArray<Arrangement> = [
  {
    name: "one process on the embedded database",
    needsPostgres: false,
    isApart: false,
    open: () => inOneProcess(inFolder())
  },
  {
    name: "one process on PostgreSQL",
    needsPostgres: true,
    isApart: false,
    open: async () => inOneProcess(await inDatabase())
  },
  {
    name: "two processes on two databases",
    needsPostgres: true,
    isApart: true,
    open: async () => inTwoProcesses([await inDatabase(), await inDatabase()])
  },
  {
    name: "two processes on two folders",
    needsPostgres: false,
    isApart: true,
    open: () => inTwoProcesses([inFolder(), inFolder()])
  }
]
