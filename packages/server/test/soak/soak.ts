/**
 * One server under a steady load for long: half of it are reservations, each under a key of its own. Now
 * and then it is looked at what the process still holds after a collection.
 */
import { readdirSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { freshDatabase } from "@holdfast/test-servers"
import { openSession } from "../commands/openSession.ts"
import { registerSku } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"
import { type LoadReport, startSteadyLoad } from "../serving/rolling/steadyLoad.ts"
import { type Inspector, inspect, inspectable } from "./inspector.ts"
import { type Sample, samplesMin } from "./judging.ts"

/** How long, and how much. */
export interface SoakOptions {
  readonly requestsPerSecond: number
  readonly millis: number
  /** Between two samples. */
  readonly sampleMillis: number
  readonly onSample?: (sample: Sample) => void
}

/** What came out. */
export interface SoakReport extends LoadReport {
  readonly samples: ReadonlyArray<Sample>
  readonly code: number | null
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0)

/** Runs the load, and looks. */
export const soak = async (options: SoakOptions): Promise<SoakReport> => {
  const { millis, onSample, requestsPerSecond, sampleMillis } = options
  const database = await freshDatabase()
  await using server = await startServer(["--database", database.url], { env: inspectable })
  await using session = await openSession(database.url)
  const skuIds = Array.from({ length: 50 }, (_, n) => `sku-${n}`)
  await Promise.all(skuIds.map((skuId) => registerSku(server.url, skuId, 100_000_000)))
  using inspector: Inspector = await inspect(server.log())
  const load = startSteadyLoad(server.url, requestsPerSecond, skuIds)
  const startedAt = performance.now()
  const look = async (): Promise<Sample> => {
    const atMillis = performance.now() - startedAt
    const { heapBytes, resources } = await inspector.held()
    const [row] = await session.run(
      "select count(*)::int4 as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    return {
      atMillis,
      heapBytes,
      files: readdirSync(`/proc/${server.pid}/fd`).length,
      handles: sum(resources.values()),
      connections: Number(row?.["n"])
    }
  }
  const samples: Array<Sample> = []
  while (performance.now() - startedAt < millis || samples.length < samplesMin) {
    await pause(sampleMillis)
    const sample = await look()
    samples.push(sample)
    onSample?.(sample)
  }
  const report = await load.stop()
  inspector[Symbol.dispose]()
  const { code } = await server.stop()
  await session.close()
  await database.drop()
  return { ...report, samples, code }
}
