/** The command line of the replay: its flags, their bounds, and the help that explains them. */
import { resolve } from "node:path"
import { parseArgs } from "node:util"

/** What to replay, where, and how. */
export interface Options {
  readonly file: string | undefined
  readonly url: string | undefined
  readonly folder: string | undefined
  readonly json: boolean
  readonly help: boolean
  readonly concurrency: number
  readonly limit: number | undefined
  readonly tightPercent: number
}

/** A flag that cannot be understood. */
export class UsageError extends Error {}

/** What `--help` prints. */
export const help = `Replays a real retailer's orders on Holdfast, then checks the level of every SKU
against the file.

Usage: online-retail [flags]

  --file <path>        the CSV to replay, plain or gzipped      (December 2010, included)
  --url <url>          replay into a PostgreSQL database        (embedded, in memory)
  --folder <path>      replay into embedded PostgreSQL in this folder
  --concurrency <n>    invoices under way at a time, 1 to 1000  (32)
  --limit <n>          replay the first n invoices only         (all)
  --tight <percent>    open with this share of the stock that would have been enough, so that
                       orders are refused, 0 to 100             (100)
  --json               print one JSON object on stdout and nothing else there
  --help               print this

Replay into an inventory that has none of these SKUs. Ends with 0 when every level agrees with the
file, 1 when one does not or the replay failed, 2 when a flag is wrong.`

const whole = (flag: string, text: string, least: number, most: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new UsageError(`--${flag} must be a whole number from ${least} to ${most}, not "${text}"`)
}

const parse = (args: ReadonlyArray<string>) => {
  try {
    return parseArgs({
      args: args[0] === "--" ? args.slice(1) : [...args],
      strict: true,
      allowPositionals: false,
      options: {
        file: { type: "string" },
        url: { type: "string" },
        folder: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        concurrency: { type: "string", default: "32" },
        limit: { type: "string" },
        tight: { type: "string", default: "100" }
      }
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** Reads the flags; paths are seen from `cwd`. Throws a `UsageError` for what it cannot read. */
export const readOptions = (args: ReadonlyArray<string>, cwd: string): Options => {
  const { concurrency, file, folder, help, json, limit, tight, url } = parse(args)
  if (url !== undefined && folder !== undefined) {
    throw new UsageError("--url and --folder are two places; name one")
  }
  return {
    file: file === undefined ? undefined : resolve(cwd, file),
    url,
    folder: folder === undefined ? undefined : resolve(cwd, folder),
    json,
    help,
    concurrency: whole("concurrency", concurrency, 1, 1_000),
    limit: limit === undefined ? undefined : whole("limit", limit, 1, 1_000_000_000),
    tightPercent: whole("tight", tight, 0, 100)
  }
}
