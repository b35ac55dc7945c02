/** What a browser loads: files of ours alone, less than 15 KB of them, and nothing that only Node has. */
import { readFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { expect, it } from "vitest"

const loaded = (entry: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const load = (url: URL) => {
    if (found.has(url.href)) return
    const code = stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"))
    found.set(url.href, code)
    for (const [, specifier = ""] of code.matchAll(/(?:from|import)\s+"([^"]+)"/g)) {
      expect(specifier, `${url.pathname} imports ${specifier}`).toMatch(/^\.\.?\//)
      load(new URL(specifier, url))
    }
  }
  load(new URL(entry, import.meta.url))
  return found
}

it("is at most 15 KB gzipped, even with its comments, and imports nothing", () => {
  const files = loaded("../src/index.ts")
  const code = [...files.values()].join("\n")
  expect(files.size).toBeGreaterThan(6)
  expect(gzipSync(code).byteLength).toBeLessThanOrEqual(15 * 1_024)
  const ofNode = /\b(?:process|Buffer|require|setImmediate|__dirname|node:)\b/
  const lines = code.split("\n").filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line))
  expect(lines.filter((line) => ofNode.test(line))).toEqual([])
})

it("has no types of Effect in its API", () => {
  const index = readFileSync(new URL("../src/index.ts", import.meta.url), "utf8")
  const types = [...index.matchAll(/from "(\.\/[^"]+)"/g)].map(([, file = ""]) =>
    readFileSync(new URL(`../src/${file.slice(2)}`, import.meta.url), "utf8")
  )
  expect(types.length).toBeGreaterThan(8)
  for (const text of types) expect(text).not.toMatch(/from "(?:effect|@holdfast)/)
})
