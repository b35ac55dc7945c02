/**
 * The command: writes the two catalogs as files, imports them with `holdfast import`, exports
 * everything, and compares it with what was published. It ends with 1 when something differs.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { check } from "./check.ts"
import { writeFiles } from "./files.ts"
import { holdfast } from "./holdfast.ts"

const help = `catalog-import: two real catalogs into Holdfast, and checked

  --categories <file>  categories of Best Buy, JSON, also .gz (default: a cut of 400)
  --products <file>    products of Olist, CSV, also .gz (default: a cut of 1,000)
  --names <file>       names of Olist's categories, CSV, also .gz
  --bundles <count>    bundles to make up (default: 1000, fewer of fewer products)
  --folder <folder>    embedded database to import into (default: one that is deleted)
  --database <url>     PostgreSQL server to import into
  --keep <folder>      keep the files that are imported in this folder
  --help`

const dataOf = (name: string) => fileURLToPath(new URL(`../data/${name}`, import.meta.url))

const { values } = parseArgs({
  options: {
    categories: { type: "string" },
    products: { type: "string" },
    names: { type: "string" },
    bundles: { type: "string", default: "1000" },
    folder: { type: "string" },
    database: { type: "string" },
    keep: { type: "string" },
    help: { type: "boolean", default: false }
  }
})

// A package manager starts this in the package; paths are meant from where the user stands.
const here = process.env["INIT_CWD"] ?? process.cwd()
const pathOf = (given: string | undefined, name: string) =>
  given === undefined ? dataOf(name) : resolve(here, given)

const timed = async (what: string, work: () => Promise<string>): Promise<string> => {
  const startedAt = performance.now()
  const output = await work()
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  process.stdout.write(`${what}: ${output.trim().split("\n").at(-1)} (${seconds} s)\n`)
  return output
}

const run = async (temporary: string): Promise<number> => {
  const sources = {
    categories: pathOf(values.categories, "bestbuy-categories-400.json.gz"),
    products: pathOf(values.products, "olist-products-1000.csv.gz"),
    names: pathOf(values.names, "olist-category-names.csv.gz"),
    bundles: Number(values.bundles)
  }
  const files = values.keep === undefined ? temporary : resolve(here, values.keep)
  const place =
    values.database === undefined
      ? [
          "--folder",
          values.folder === undefined ? join(temporary, "db") : resolve(here, values.folder)
        ]
      : ["--database", values.database]
  const made = await writeFiles(sources, files)
  process.stdout.write(
    `made of the files: ${made.categories} categories, ${made.products} products, ` +
      `${made.bundles} bundles; names, prices, options, stock and bundles are made up\n`
  )
  for (const [kind, file] of [
    ["categories", "categories.jsonl"],
    ["skus", "skus.csv"],
    ["products", "products.csv"]
  ] as const) {
    await timed(kind, () => holdfast(["import", kind, join(files, file), ...place]))
  }
  const exported = (kind: string) => holdfast(["export", kind, "-", "--format", "jsonl", ...place])
  const result = await check(sources, {
    categories: await exported("categories"),
    products: await exported("products"),
    skus: await exported("skus"),
    stock: await exported("stock")
  })
  for (const difference of result.differences.slice(0, 20)) process.stdout.write(`${difference}\n`)
  process.stdout.write(
    `${result.categories} categories, ${result.products} products, ${result.options} options, ` +
      `${result.skus} SKUs, ${result.units} units: ${result.differences.length} differences\n`
  )
  return result.differences.length === 0 ? 0 : 1
}

if (values.help) process.stdout.write(`${help}\n`)
else {
  const temporary = await mkdtemp(join(tmpdir(), "holdfast-catalog-"))
  try {
    process.exitCode = await run(temporary)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
