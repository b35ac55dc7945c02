/** The same disaster where the log is only archived: what was acknowledged after the last segment is lost. */
import { rmSync } from "node:fs"
import { registerSku } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"
import { ordersIn, startKeptLoad } from "./acknowledged.ts"
import { openRecovery, untilPrimary } from "./recoveryPlace.ts"
import { lossOf } from "./restoreDrill.ts"

/** What was lost, and how old the first of it was. */
export interface ArchiveReport {
  readonly acknowledged: number
  readonly lost: number
  readonly rpoSeconds: number
  readonly rtoSeconds: number
}

/** Destroys a server whose segments are archived after so many seconds. */
export const archiveDrill = async (options: {
  readonly archiveSeconds: number
  readonly callers: number
  readonly writes: number
}): Promise<ArchiveReport> => {
  const { archiveSeconds, callers, writes } = options
  await using place = await openRecovery({ keeping: "ARCHIVED", archiveSeconds })
  const { backup, destroy, server } = place
  await using shop = await startServer(["--database", server.url()])
  const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)
  for (const skuId of skuIds) await registerSku(shop.url, skuId, 10_000_000)
  const load = startKeptLoad(shop.url, skuIds, { callers, name: "archived" })
  await load.more(writes)
  await backup("full")
  await new Promise((resolve) => setTimeout(resolve, archiveSeconds * 1_500))
  const at = performance.now()
  await destroy()
  rmSync(server.data, { recursive: true, force: true })
  await backup("restore", "--to", server.data)
  await server.restart()
  await untilPrimary(server.url())
  await load.more(1)
  const rtoSeconds = (performance.now() - at) / 1_000
  const known = load.acknowledged.filter((one) => one.at <= at)
  const loss = lossOf(known, await ordersIn(server.url()), at)
  await load.stop()
  return { acknowledged: known.length, ...loss, rtoSeconds }
}
