/**
 * pgbench as a contender: it runs a script with some clients over prepared statements. It is not
 * part of the server's npm package; without it these yardsticks are not measured.
 */
import { execFile } from "node:child_process"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import { type Budget, type Contender, type Sample, sampleOfLatencies } from "../Contender.ts"

/** What pgbench is to run. */
export interface PgbenchOptions {
  readonly name: string
  readonly pgbench: string
  readonly url: string
  readonly script: string
  readonly clients: number
  /** Whether the latency of each operation is wanted, which pgbench logs; for one client. */
  readonly withLatency?: boolean
  /** Operations that one run of the script stands for. */
  readonly operationsEach?: number
  /** Texts that the script names as `:name`; a text with colons cannot stand in a script. */
  readonly variables?: Readonly<Record<string, string>>
}

const run = promisify(execFile)

const turnOf = async (options: PgbenchOptions, budget: Budget): Promise<Sample> => {
  const {
    clients,
    operationsEach = 1,
    pgbench,
    script,
    url,
    variables = {},
    withLatency = false
  } = options
  const folder = await mkdtemp(join(tmpdir(), "holdfast-pgbench-"))
  const file = join(folder, "script.sql")
  await writeFile(file, script)
  const each = (operations: number) => Math.ceil(operations / clients / operationsEach)
  const length =
    "seconds" in budget
      ? ["-T", String(Math.ceil(budget.seconds))]
      : ["-t", String(each(budget.operations))]
  const defined = Object.entries(variables).flatMap(([name, value]) => ["-D", `${name}=${value}`])
  const threads = String(Math.min(clients, availableParallelism()))
  const args = ["-n", "-M", "prepared", "-c", String(clients), "-j", threads, "-f", file, ...length]
  const log = withLatency ? ["-l", "--log-prefix", join(folder, "log")] : []
  try {
    const { stdout } = await run(pgbench, [...args, ...defined, ...log, url])
    const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]) * operationsEach
    const failed = /failed transactions: (\d+)/.exec(stdout)?.[1] ?? "0"
    if (!(perSecond > 0) || failed !== "0") throw new Error(`pgbench failed: ${stdout}`)
    if (log.length === 0) return { perSecond }
    const latencies = await latenciesIn(folder)
    return { ...sampleOfLatencies(latencies, 1), perSecond }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The third column of pgbench's log is the latency in microseconds. */
const latenciesIn = async (folder: string): Promise<ReadonlyArray<number>> => {
  const files = (await readdir(folder)).filter((name) => name.startsWith("log"))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")))
  return texts.flatMap((text) =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => Number(line.split(" ")[2]))
  )
}

/** Makes pgbench with a script a contender. */
export const pgbenchContender = (options: PgbenchOptions): Contender => ({
  name: options.name,
  turn: (budget) => Effect.promise(() => turnOf(options, budget))
})
