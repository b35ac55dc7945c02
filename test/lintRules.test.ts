/**
 * The import rules are shown to fire: a scratch copy of the lint configuration is given one
 * violation of each rule, and of the purity of each pure file, in every form that an import can
 * take. A rule that stopped matching, or that refuses what it should allow, fails here.
 */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process"
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, posix } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { layers } from "./layers.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

interface Finding {
  readonly file: string
  readonly line: number
  readonly category: string
}

/** One line of planted source, and the rule that must report it. */
interface Planted {
  readonly source: string
  readonly category: string
}

const importRule = "lint/style/noRestrictedImports"
const globalRule = "lint/style/noRestrictedGlobals"

const formsOf = (specifier: string): ReadonlyArray<Planted> =>
  [
    `import { a } from "${specifier}"`,
    `import type { B } from "${specifier}"`,
    `export { c } from "${specifier}"`,
    `export const d = import("${specifier}")`
  ].map((source) => ({ source, category: importRule }))

const selfImport: Planted = { source: `import "@holdfast/core/inventory"`, category: importRule }

const hiddenImports: ReadonlyArray<Planted> = [
  { source: `export type E = import("node:fs").Stats`, category: "plugin" },
  { source: "export const f = import(`node:fs`)", category: "plugin" },
  { source: `import g = require("node:fs")`, category: "plugin" },
  { source: `export const h = require("node:fs")`, category: "lint/style/noCommonJs" }
]

const impurities: ReadonlyArray<Planted> = [
  ...["fs", "node:fs", "effect", "effect/Effect", "effect/Clock", "effect/Random"].map(
    (specifier) => ({ source: `import * as i from "${specifier}"`, category: importRule })
  ),
  ...[
    "Date.now()",
    "new Date()",
    "crypto.randomUUID()",
    "performance.now()",
    "process.env",
    "globalThis.Date",
    `globalThis["Date"]`,
    "fetch(url)",
    "setTimeout(run, 1)"
  ].map((source) => ({ source: `export const j = ${source}`, category: globalRule })),
  ...["Math.random()", `Math["random"]()`, "DateTime.nowUnsafe()"].map((source) => ({
    source: `export const k = ${source}`,
    category: "plugin"
  })),
  { source: "export const { random } = Math", category: "plugin" }
]

/** A file and everything of the repository that it leads to. */
const reached = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen
  seen.add(file)
  const imports = readFileSync(join(root, file), "utf8").matchAll(/ from "(\.[^"]+)"/g)
  for (const [, specifier = ""] of imports)
    reached(posix.join(posix.dirname(file), specifier), seen)
  return seen
}

/** Every file that a decision is made of, as the repository is now, and the words that it uses. */
const pureFiles = [
  ...new Set([
    ...reached("packages/core/src/inventory/decide/decide.ts"),
    ...globSync(
      [
        "packages/core/src/kernel/*.ts",
        "packages/core/src/kernel/*/*.ts",
        "packages/core/src/{inventory,catalog}/{state,messages,decide,batch}/*.ts"
      ],
      { cwd: root }
    )
  ])
].toSorted()

const scratches: Array<string> = []
afterAll(() => {
  for (const folder of scratches) rmSync(folder, { recursive: true })
})

/** What Biome reports of a tree that has this repository's configuration and these files. */
const lint = (files: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<Finding> => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-lint-"))
  scratches.push(folder)
  const configuration = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"))
  writeFileSync(
    join(folder, "biome.json"),
    JSON.stringify({ ...configuration, vcs: { enabled: false } })
  )
  cpSync(join(root, "lint"), join(folder, "lint"), { recursive: true })
  for (const [file, lines] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), lines.join("\n"))
  }
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome")
  const report = (() => {
    const options: ExecFileSyncOptionsWithStringEncoding = {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 2 ** 26
    }
    const words = [biome, "lint", "--reporter=json", "--max-diagnostics=none"]
    try {
      return execFileSync(process.execPath, words, options)
    } catch (error) {
      // A tree with findings exits 1, and its report is on the output all the same.
      return (error as { readonly stdout: string }).stdout
    }
  })()
  return JSON.parse(report).diagnostics.map(
    (it: {
      readonly category: string
      readonly location: { readonly path: string; readonly start: { readonly line: number } }
    }) => ({ file: it.location.path, line: it.location.start.line, category: it.category })
  )
}

const missing = (
  planted: ReadonlyArray<Planted>,
  file: string,
  findings: ReadonlyArray<Finding>
): ReadonlyArray<string> =>
  planted
    .filter(
      ({ category }, index) =>
        !findings.some(
          (it) => it.file === file && it.line === index + 1 && it.category === category
        )
    )
    .map(({ source }) => source)

const plantsOf = (file: string, refuses: ReadonlyArray<string>): ReadonlyArray<Planted> => [
  ...refuses.flatMap(formsOf),
  ...(file.startsWith("packages/core/") ? [selfImport] : []),
  ...(file.startsWith("packages/") ? hiddenImports : [])
]

const sourcesOf = (planted: ReadonlyArray<Planted>) => planted.map(({ source }) => source)

describe("an import that turns back", () => {
  let findings: ReadonlyArray<Finding> = []
  beforeAll(() => {
    findings = lint(
      new Map(layers.map(({ file, refuses }) => [file, sourcesOf(plantsOf(file, refuses))]))
    )
  })

  it.each(layers)("is reported in each of its forms: $rule", ({ file, refuses }) => {
    expect(missing(plantsOf(file, refuses), file, findings)).toEqual([])
  })
})

describe("an import that goes leftward", () => {
  let findings: ReadonlyArray<Finding> = []
  beforeAll(() => {
    findings = lint(
      new Map(
        layers.map(({ file, allows }) => [
          file,
          allows.map((it, n) => `export { a${n} } from "${it}"`)
        ])
      )
    )
  })

  it.each(layers)("is let through: $rule", ({ file }) => {
    expect(findings.filter((it) => it.file === file)).toEqual([])
  })
})

describe("a pure file", () => {
  const plants = [...formsOf("node:fs"), selfImport, ...hiddenImports, ...impurities]
  let findings: ReadonlyArray<Finding> = []
  beforeAll(() => {
    findings = lint(new Map(pureFiles.map((file) => [file, sourcesOf(plants)])))
  })

  it.each(pureFiles)("has no I/O, no clock and no chance: %s", (file) => {
    expect(missing(plants, file, findings)).toEqual([])
  })

  it("is every file that a decision leads to", () => {
    expect(pureFiles).toEqual(
      expect.arrayContaining(
        ["kernel/Quantity", "inventory/state/Sku", "inventory/decide/reserve"].map(
          (name) => `packages/core/src/${name}.ts`
        )
      )
    )
  })
})

it.each(["packages/core/src/inventory/services/Inventory.ts", "packages/http/src/webHandler.ts"])(
  "reports what only Node has, in a file that runs wherever JavaScript does: %s",
  (file) => {
    const plants = ["process.env", `Buffer.from("")`].map((it) => `export const a = ${it}`)
    const lines = lint(new Map([[file, plants]]))
      .filter(({ category }) => category === globalRule)
      .map(({ line }) => line)
    expect(lines).toEqual([1, 2])
  }
)

it("reports two files that import each other", () => {
  const here = "packages/core/src/inventory/state/Sku.ts"
  const there = "packages/core/src/inventory/state/Location.ts"
  const findings = lint(
    new Map([
      [here, [`import { b } from "./Location.ts"`, "export const a = () => b"]],
      [there, [`import { a } from "./Sku.ts"`, "export const b = () => a"]]
    ])
  )
  expect(findings.map(({ category, file }) => [category, file])).toEqual(
    expect.arrayContaining([
      ["lint/suspicious/noImportCycles", here],
      ["lint/suspicious/noImportCycles", there]
    ])
  )
})
