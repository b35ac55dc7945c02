/**
 * The command: opens an inventory as the flags say, replays the file on it, prints the report, and
 * ends with 1 when a level differs. The report goes to stdout, everything else to stderr.
 */
import { access } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { createInventory } from "@holdfast/adapter-pg"
import { isHoldfastError } from "@holdfast/core"
import { help, type Options, readOptions, UsageError } from "./options.ts"
import { pageOf, type Report } from "./report.ts"
import { runReplay } from "./runReplay.ts"

const december = fileURLToPath(new URL("../data/online-retail-2010-12.csv.gz", import.meta.url))

const open = ({ folder, url }: Options) => {
  if (url !== undefined) return createInventory({ url })
  return folder === undefined ? createInventory() : createInventory({ folder })
}

const storeName = ({ folder, url }: Options): string => {
  if (url !== undefined) return "PostgreSQL"
  return folder === undefined ? "embedded PostgreSQL in memory" : "embedded PostgreSQL in a folder"
}

const replayAs = async (options: Options): Promise<Report> => {
  const file = options.file ?? december
  await access(file).catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read`, { cause })
  })
  await using inventory = await open(options)
  return await runReplay(inventory, {
    file,
    concurrency: options.concurrency,
    limit: options.limit,
    tightPercent: options.tightPercent,
    store: storeName(options),
    screen: process.stderr
  })
}

/** What went wrong, in words for the one who typed the command. */
const explain = (error: unknown): string => {
  if (isHoldfastError(error, "IdTaken") || isHoldfastError(error, "SkuCodeTaken")) {
    return `${error.message}. The replay needs an inventory of its own: name an empty one.`
  }
  return error instanceof Error ? error.message : String(error)
}

const main = async (): Promise<number> => {
  // A package manager starts this in the package; paths are meant from where the user stands.
  const options = readOptions(process.argv.slice(2), process.env["INIT_CWD"] ?? process.cwd())
  if (options.help) {
    process.stdout.write(`${help}\n`)
    return 0
  }
  const report = await replayAs(options)
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `\n${pageOf(report)}`)
  return report.check.differences.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof UsageError
  process.stderr.write(`online-retail: ${explain(error)}\n${isUsage ? "Try --help.\n" : ""}`)
  process.exitCode = isUsage ? 2 : 1
}
