/** The files in `src/api` are as the API makes them. `pnpm contract` writes them. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { contractFiles } from "./files.ts"

const folder = fileURLToPath(new URL("../../src/api/", import.meta.url))
const files = contractFiles()

if (process.env["UPDATE_CONTRACT"] !== undefined) {
  for (const [name, text] of files) writeFileSync(`${folder}${name}`, text)
}

it("the types and routes are as the sources make them; if not, run `pnpm contract`", () => {
  expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort())
  for (const [name, text] of files) expect(readFileSync(`${folder}${name}`, "utf8")).toBe(text)
})
