/**
 * Two disasters in a row, under load. First the data of the server is destroyed while its COMMITs wait for
 * pg_receivewal; it is restored to the end, while Holdfast and a follower of the log run on. Then a bad import is
 * undone: the server is restored to the instant before it, so positions of the log are used again, and the
 * follower has to hear of it.
 */
import { runOn } from "@holdfast/test-servers"
import { eventually } from "../eventually.ts"
import { registerSku } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { type Acknowledged, ordersIn, startKeptLoad } from "./acknowledged.ts"
import { cursorName, logOf, startFollower } from "./follower.ts"
import { mebibytesOf, openRecovery, untilPrimary } from "./recoveryPlace.ts"

/** How large the drill is. */
export interface DrillOptions {
  /** SKUs that are there before, with stock and history, to make the database larger. */
  readonly skus: number
  readonly callers: number
  /** Reservations that are acknowledged between two steps. */
  readonly writes: number
  readonly fsync?: boolean
  readonly say?: (line: string) => void
}

/** What came of a restore. */
export interface RestoreReport {
  readonly mebibytes: number
  /** How long the backups took, in seconds. */
  readonly fullSeconds: number
  readonly incrementalSeconds: number
  /** From the disaster until a write was acknowledged again, in seconds. */
  readonly rtoSeconds: number
  /** Acknowledged before the disaster, or before the restore point. */
  readonly acknowledged: number
  /** Of those, how many are not there, and how old the first of them was at the disaster, in seconds. */
  readonly lost: number
  readonly rpoSeconds: number
  /** Answers other than decisions, by status. */
  readonly failures: ReadonlyMap<number, number>
}

/** What came of undoing a bad import. */
export interface UndoReport {
  readonly rtoSeconds: number
  readonly acknowledged: number
  readonly lost: number
  /** Acknowledged after the restore point, and still there; and what is left of the import. */
  readonly tooNew: number
  readonly bad: number
  /** What the follower was stopped by, and events of the restored log that it never got. */
  readonly problem: string
  readonly holes: number
  /** Commands that found something wrong afterwards. */
  readonly found: ReadonlyArray<string>
}

/** The whole drill. */
export interface DrillReport {
  readonly destroyed: RestoreReport
  readonly undone: UndoReport
  /** What holdfast-backup verify printed. */
  readonly verified: string
}

const since = (startedAt: number) => (performance.now() - startedAt) / 1_000

const timed = async (work: Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work
  return since(startedAt)
}

/** Which of the acknowledged are not in the database, and how much before an instant the first of them was. */
export const lossOf = (
  acknowledged: ReadonlyArray<Acknowledged>,
  orders: ReadonlySet<string>,
  at: number
): { readonly lost: number; readonly rpoSeconds: number } => {
  const lost = acknowledged.filter(({ orderId }) => !orders.has(orderId))
  const first = Math.min(at, ...lost.map((one) => one.at))
  return { lost: lost.length, rpoSeconds: (at - first) / 1_000 }
}

/** Makes the database larger: SKUs as rows, with the history that they have. */
export const enlarge = async (url: string, skus: number): Promise<void> => {
  if (skus === 0) return
  await runOn(
    url,
    `create table public.ballast as select n, repeat(md5(n::text), 30) as words
     from generate_series(1, ${skus}) n`
  )
}

const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)

/** Runs the checks of a restored shop at once, and returns those that found something. */
const checksOf = async (url: string): Promise<ReadonlyArray<string>> => {
  const commands = [
    ["reconcile"],
    ["audit", "verify"],
    ["audit", "verify", "--context", "catalog"],
    ["doctor"]
  ]
  const ended = await Promise.all(
    commands.map(async (words) => ({ words, ...(await holdfast([...words, "--database", url])) }))
  )
  return ended
    .filter(({ code }) => code !== 0)
    .map(({ stderr, stdout, words }) => `${words.join(" ")}: ${stdout}${stderr}`)
}

/** Runs both disasters. */
export const restoreDrill = async (options: DrillOptions): Promise<DrillReport> => {
  const { callers, fsync = false, say = () => undefined, skus, writes } = options
  await using place = await openRecovery({ keeping: "SYNCHRONOUS", fsync })
  const { backup, destroy, server } = place
  const url = server.url()
  await using shop = await startServer(["--database", url])
  for (const skuId of skuIds) await registerSku(shop.url, skuId, 10_000_000)
  await enlarge(url, skus)
  await place.receive()
  const follower = await startFollower(url)
  try {
    const load = startKeptLoad(shop.url, skuIds, { callers, name: "first" })
    await load.more(writes)
    const fullSeconds = await timed(backup("full"))
    await load.more(writes)
    const incrementalSeconds = await timed(backup("incremental"))
    say(`full backup ${fullSeconds.toFixed(1)} s, increment ${incrementalSeconds.toFixed(1)} s`)
    const verified = await backup("verify")
    await load.more(writes)
    const mebibytes = await mebibytesOf(url)

    // The first disaster: all data are gone, and everything else goes on.
    const before = load.acknowledged.length
    const disasterAt = performance.now()
    await destroy()
    await backup("restore", "--to", server.data)
    await server.restart()
    await untilPrimary(url)
    await load.more(1)
    const rtoSeconds = since(disasterAt)
    const known = load.acknowledged.filter(({ at }) => at <= disasterAt)
    const loss = lossOf(known, await ordersIn(url), disasterAt)
    say(
      `destroyed and restored: ${before} acknowledged before, ${loss.lost} lost, RTO ${rtoSeconds.toFixed(1)} s`
    )
    const destroyed: RestoreReport = {
      ...{ mebibytes, fullSeconds, incrementalSeconds, rtoSeconds },
      ...{ acknowledged: known.length, ...loss, failures: new Map(load.failures) }
    }

    // The restored server is on a timeline of its own, so the receiver begins again, with a full backup.
    await place.receive()
    const undone = await undoImport({ ...options, say }, { place, shop, follower, load })
    return { destroyed, undone, verified }
  } finally {
    await follower.stop()
  }
}

type Place = Awaited<ReturnType<typeof openRecovery>>
type Shop = Awaited<ReturnType<typeof startServer>>
type Follower = Awaited<ReturnType<typeof startFollower>>
type Load = ReturnType<typeof startKeptLoad>

interface Running {
  readonly place: Place
  readonly shop: Shop
  readonly follower: Follower
  readonly load: Load
}

/** The second disaster: an import was wrong, and all is taken back to before it. */
const undoImport = async (
  { callers, say = () => undefined, writes }: DrillOptions,
  { follower, load, place, shop }: Running
): Promise<UndoReport> => {
  const { backup, destroy, server } = place
  const url = server.url()
  await backup("full")
  await load.more(writes)
  const beforeAt = performance.now()
  const [row] = await runOn(url, "select clock_timestamp()::text as instant")
  const afterAt = performance.now()
  await load.more(writes)
  for (let n = 0; n < 20; n++) await registerSku(shop.url, `bad-${n}`, 1)
  await load.more(writes)
  // The follower has published what will not be there any more.
  const end = Math.max(...(await logOf(url)).keys())
  await eventually(async () => (follower.got.at(-1)?.position ?? 0) >= end || undefined)
  await load.stop()
  await shop.stop()

  const startedAt = performance.now()
  await destroy()
  await backup("restore", "--to", server.data, "--time", String(row?.["instant"]))
  await server.restart()
  await untilPrimary(url)
  await using again = await startServer(["--database", url])
  const second = startKeptLoad(again.url, skuIds, { callers, name: "second" })
  await second.more(1)
  const rtoSeconds = since(startedAt)
  const orders = await ordersIn(url)
  const isBefore = load.acknowledged.filter(({ at }) => at <= beforeAt)
  const tooNew = load.acknowledged.filter(
    ({ orderId, sentAt }) => sentAt > afterAt && orders.has(orderId)
  )
  const [bad] = await runOn(
    url,
    "select count(*)::int as n from inventory.skus where id like 'bad-%'"
  )
  // The follower meets other events at positions that it knows, and stops until somebody has looked.
  await second.more(writes)
  const problem = await eventually(async () => {
    const { problem, state } = await follower.status()
    return state === "STOPPED" ? (problem ?? "") : undefined
  })
  const knownBefore = follower.got.length
  const adopted = await holdfast(["events", "adopt", cursorName, "--database", url])
  await second.more(writes)
  await second.stop()
  const log = await logOf(url)
  const last = Math.max(...log.keys())
  await eventually(async () =>
    follower.got.length > knownBefore && follower.got.at(-1)?.position === last ? true : undefined
  )
  const got = new Set<string>(follower.got.map(({ eventId }) => eventId))
  const holes = [...log.values()].filter((eventId) => !got.has(eventId)).length
  const found = await checksOf(url)
  say(
    `an import undone: ${isBefore.length} acknowledged before the instant, RTO ${rtoSeconds.toFixed(1)} s`
  )
  return {
    ...{ rtoSeconds, acknowledged: isBefore.length, tooNew: tooNew.length, problem, holes },
    lost: lossOf(isBefore, orders, beforeAt).lost,
    bad: Number(bad?.["n"]),
    found: adopted.code === 0 ? found : [...found, adopted.stderr]
  }
}
