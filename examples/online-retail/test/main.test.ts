/** The command as a process: what it prints where, and how it ends. */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createInventory } from "@holdfast/adapter-pg"
import { expect, it } from "vitest"
import type { Report } from "../src/report.ts"
import { everyKind, newFolder } from "./rows.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

const run = (...args: ReadonlyArray<string>): Promise<Ended> =>
  new Promise((resolve) => {
    const command = ["--conditions=@holdfast/source", main, ...args]
    execFile(process.execPath, command, { encoding: "utf8" }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err })
    )
  })

it("explains itself", async () => {
  const { code, err, out } = await run("--help")
  expect({ code, err }).toEqual({ code: 0, err: "" })
  for (const flag of ["file", "url", "folder", "concurrency", "limit", "tight", "json"]) {
    expect(out).toContain(`--${flag}`)
  }
})

it("ends with 2 on a flag or a file that it cannot read, and says why on stderr", async () => {
  expect(await run("--speed", "9")).toMatchObject({ code: 2, out: "" })
  const { code, err, out } = await run("--file", "/no/such/file.csv")
  expect({ code, out }).toEqual({ code: 2, out: "" })
  expect(err).toBe("online-retail: /no/such/file.csv cannot be read\nTry --help.\n")
})

it("prints one JSON object on stdout, and nothing else, for the included month", async () => {
  const { code, err, out } = await run("--limit", "100", "--json")
  expect(code).toBe(0)
  expect(err).toMatch(/100 % {2}2,021 of 2,021 lines {2}94 orders/)
  expect(out.trimEnd()).not.toContain("\n")
  const report = JSON.parse(out) as Report
  expect(report.source).toMatchObject({ file: "online-retail-2010-12.csv.gz", invoices: 100 })
  expect(report.orders).toEqual({ filled: 94, refused: 0, lines: 1_996, units: 18_668 })
  expect(report.check).toMatchObject({ skus: 1_051, differences: [] })
})

it("ends with 1 when a level differs, and replays into a folder only once", {
  timeout: 90_000
}, async () => {
  const folder = join(newFolder(), "stock")
  const strange = await createInventory({ folder })
  await strange.registerSku({ skuId: "stray", code: "stray", name: "Stray", initialStock: 5 })
  await strange.close()
  const first = await run("--file", everyKind, "--folder", folder)
  expect(first.err).toContain("Recomputing")
  expect(first.out).toMatch(/2 DIFFERENCES in 4 SKUs:\n {2}stray +expected no such SKU +found 5/)
  expect(first.code).toBe(1)
  const second = await run("--file", everyKind, "--folder", folder)
  expect(second).toMatchObject({ code: 1, out: "" })
  expect(second.err).toContain("The replay needs an inventory of its own")
})
