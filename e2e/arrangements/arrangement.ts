/**
 * The ways in which a shop may be run: one process on the embedded database or on PostgreSQL, and two
 * processes, for products and for stock, on two folders or two databases. Real processes, each on a
 * leash.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { leastRole } from "../../packages/server/test/commands/leastRole.ts"
import { eventually } from "../../packages/server/test/eventually.ts"
import { get } from "../../packages/server/test/requests.ts"
import { type BegunServer, beginServer } from "../../packages/server/test/ServerProcess.ts"
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

/** A database whose server has the rights of `migrate --grants` alone. */
const inDatabaseOf = async (service: "inventory" | "product"): Promise<Place> => {
  const { drop, url } = await leastRole(service)
  const env = { HOLDFAST_DATABASE: url, HOLDFAST_MIGRATE: "false", HOLDFAST_MAX_CONNECTIONS: "5" }
  return { env, release: drop }
}

/** A port of this machine that nobody listens on. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

/** Starts a part of a shop, on a port; what it started ends with the scope. */
const startPart = async (
  place: Place,
  settings: Readonly<Record<string, string>>,
  asked?: number
) => {
  const env = { ...place.env, ...settings }
  const port = asked ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  let running: BegunServer | undefined
  const start = async () => {
    const begun = beginServer(port, [], { env })
    running = begun
    const ended = begun.ended.then(({ stderr }) => {
      throw new Error(`the server ended instead of starting: ${stderr}`)
    })
    ended.catch(() => undefined)
    const ready = eventually(() =>
      get(url, "/health/ready").then(
        ({ status }) => (status === 200 ? true : undefined),
        () => undefined
      )
    )
    await Promise.race([ready, ended])
  }
  const part: Part = {
    url,
    kill: async () => {
      running?.signal("SIGKILL")
      await running?.ended
    },
    startAgain: start
  }
  const end = async () => {
    await running?.[Symbol.asyncDispose]()
    await place.release()
  }
  await start()
  return { part, end }
}

const inOneProcess = async (place: Place): Promise<Shop> => {
  const { end, part } = await startPart(place, {})
  return { catalog: part, inventory: part, [Symbol.asyncDispose]: end }
}

type Started = Awaited<ReturnType<typeof startPart>>

/** The shop of two parts that start at the same time. */
const together = async (starts: {
  readonly inventory: Promise<Started>
  readonly catalog: Promise<Started>
}): Promise<Shop> => {
  const [inventory, catalog] = await Promise.all([starts.inventory, starts.catalog])
  return {
    catalog: catalog.part,
    inventory: inventory.part,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([catalog.end(), inventory.end()])
    }
  }
}

const inTwoProcesses = async (places: readonly [Place, Place]): Promise<Shop> => {
  const [ofCatalog, ofInventory] = [await freePort(), await freePort()]
  return together({
    inventory: startPart(
      places[0],
      {
        HOLDFAST_SERVICE: "inventory",
        HOLDFAST_CATALOG_URL: `http://127.0.0.1:${ofCatalog}`
      },
      ofInventory
    ),
    catalog: startPart(
      places[1],
      {
        HOLDFAST_SERVICE: "product",
        HOLDFAST_INVENTORY_URL: `http://127.0.0.1:${ofInventory}`
      },
      ofCatalog
    )
  })
}

/** The same, but each asks the other over gRPC. */
const inTwoOverGrpc = async (places: readonly [Place, Place]): Promise<Shop> => {
  const [ofCatalog, ofInventory] = [String(await freePort()), String(await freePort())]
  return together({
    inventory: startPart(places[0], {
      HOLDFAST_SERVICE: "inventory",
      HOLDFAST_GRPC_PORT: ofInventory,
      HOLDFAST_CATALOG_URL: `grpc://127.0.0.1:${ofCatalog}`
    }),
    catalog: startPart(places[1], {
      HOLDFAST_SERVICE: "product",
      HOLDFAST_GRPC_PORT: ofCatalog,
      HOLDFAST_INVENTORY_URL: `grpc://127.0.0.1:${ofInventory}`
    })
  })
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
    name: "two processes on two databases, each under a role with the least rights",
    needsPostgres: true,
    isApart: true,
    open: async () =>
      inTwoProcesses([await inDatabaseOf("inventory"), await inDatabaseOf("product")])
  },
  {
    name: "two processes on two folders",
    needsPostgres: false,
    isApart: true,
    open: () => inTwoProcesses([inFolder(), inFolder()])
  },
  {
    name: "two processes on two folders, which ask each other over gRPC",
    needsPostgres: false,
    isApart: true,
    open: () => inTwoOverGrpc([inFolder(), inFolder()])
  }
]
