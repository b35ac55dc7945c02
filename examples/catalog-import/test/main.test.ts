/** The command on the cut that is shipped: everything arrives, and the check notices what does not. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it, vi } from "vitest"
import { check } from "../src/check.ts"

// It starts seven processes, each on a database; alone it takes seconds.
vi.setConfig({ testTimeout: 240_000 })

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const dataOf = (name: string) => fileURLToPath(new URL(`../data/${name}`, import.meta.url))

const run = (args: ReadonlyArray<string>): Promise<{ code: number | null; stdout: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    let stdout = ""
    child.stdout.on("data", (part) => {
      stdout += part
    })
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, stdout }))
  })

it("imports both catalogs, and what is there is what was published", async () => {
  const { code, stdout } = await run(["--bundles", "100"])
  expect(stdout).toContain("made of the files: 458 categories, 1000 products, 100 bundles")
  expect(stdout).toMatch(
    /458 categories, 1100 products, 1408 options, 1000 SKUs, 99534 units: 0 differences\n$/
  )
  expect(code).toBe(0)
})

it("counts what is not there as a difference", async () => {
  const sources = {
    categories: dataOf("bestbuy-categories-400.json.gz"),
    products: dataOf("olist-products-1000.csv.gz"),
    names: dataOf("olist-category-names.csv.gz"),
    bundles: 10
  }
  const empty = { categories: "", products: "", skus: "", stock: "" }
  const { differences } = await check(sources, empty)
  // Name and parent of 458 categories; a product, weight, volume and stock of 1,000; 10 bundles;
  // and three counts. The parent of a root is null in the files, and undefined here.
  expect(differences.length).toBe(2 * 458 + 4 * 1_000 + 10 + 3)
})
