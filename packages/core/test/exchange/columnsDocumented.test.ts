/** The page about imports has every column, with what it holds. */
import { readFileSync } from "node:fs"
import { expect, it } from "@effect/vitest"
import { type KindOf, kinds, type RecordKind, recordKinds } from "../../src/exchange.ts"

const page = readFileSync(new URL("../../../../docs/IMPORTS.md", import.meta.url), "utf8")

it.each(recordKinds)("documents every column of %s, and no other", (kind) => {
  const [, section = ""] = page.split(`### ${kind}\n`)
  const rows = section
    .split(/\n(?:#|A product with)/)[0]
    ?.split("\n")
    .filter((line) => line.startsWith("| `"))
  const { columns, openColumns = [] } = kinds[kind] as KindOf<RecordKind>
  const named = columns.map(({ holds, name }) => ({ holds, sign: name }))
  const expected = [...named, openColumns]
    .flat()
    .map(({ holds, sign }) => `| \`${sign}\` | ${holds.replaceAll("|", "\\|")} |`)
  expect(rows).toEqual(expected)
})
