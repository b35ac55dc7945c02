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
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

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

const selfImport: Planted = { source: `import "@holdfast/core/effect"`, category: importRule }

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

/** For each rule: a file under it, what that file may not import, and what it may. */
const layers: ReadonlyArray<{
  readonly rule: string
  readonly file: string
  readonly refuses: ReadonlyArray<string>
  readonly allows: ReadonlyArray<string>
}> = [
  {
    rule: "core depends on effect alone",
    file: "packages/core/src/effect.ts",
    refuses: [
      "node:fs",
      "pg",
      "effect",
      "effect/sql/SqlClient",
      "@holdfast/core",
      "../../http/src/index.ts"
    ],
    allows: ["./inventory/Inventory.ts", "./memory/MemoryStockStore.ts", "effect/Effect"]
  },
  {
    rule: "the kernel knows neither context",
    file: "packages/core/src/kernel/Planted.ts",
    refuses: [
      "../inventory/Sku.ts",
      "../catalog/Product.ts",
      "../events/EventLog.ts",
      "effect/Effect"
    ],
    allows: ["./Quantity.ts", "effect/Schema"]
  },
  {
    rule: "state is left of decide, evolve, ports and services",
    file: "packages/core/src/inventory/Planted.ts",
    refuses: [
      "./decide.ts",
      "./decide/reserve.ts",
      "./evolve.ts",
      "./StockStore.ts",
      "./StockReads.ts",
      "./Inventory.ts",
      "./GroupCommit.ts",
      "../memory/MemoryStockStore.ts",
      "../kernel/../memory/MemoryStockStore.ts",
      "../catalog/Product.ts",
      "../../../http/src/index.ts"
    ],
    allows: ["./Sku.ts", "../kernel/Quantity.ts", "effect/DateTime"]
  },
  {
    rule: "evolve is left of decide",
    file: "packages/core/src/inventory/evolve.ts",
    refuses: ["./decide.ts", "./decide/reserve.ts", "./StockStore.ts", "./Inventory.ts"],
    allows: ["./SkuStock.ts", "../kernel/Quantity.ts"]
  },
  {
    rule: "decide is left of the ports",
    file: "packages/core/src/inventory/decide.ts",
    refuses: ["./StockStore.ts", "./StockReads.ts", "./Inventory.ts", "./GroupCommit.ts"],
    allows: ["./evolve.ts", "./decide/reserve.ts", "effect/Result"]
  },
  {
    rule: "a family of commands is left of the ports, and of decide",
    file: "packages/core/src/inventory/decide/reserve.ts",
    refuses: [
      "../decide.ts",
      "../StockStore.ts",
      "../Inventory.ts",
      "../../memory/MemoryStockStore.ts"
    ],
    allows: ["./Draft.ts", "../OpenBook.ts", "../../kernel/Quantity.ts", "effect/Result"]
  },
  {
    rule: "a port is left of the services",
    file: "packages/core/src/inventory/StockStore.ts",
    refuses: ["./Inventory.ts", "./GroupCommit.ts", "../memory/MemoryStockStore.ts", "node:fs"],
    allows: ["./StockBook.ts", "effect/Effect", "effect/Context"]
  },
  {
    rule: "the fold of a batch is left of the services",
    file: "packages/core/src/inventory/foldBatch.ts",
    refuses: [
      "./Inventory.ts",
      "./GroupCommit.ts",
      "../memory/MemoryStockStore.ts",
      "effect/Effect"
    ],
    allows: ["./decide.ts", "./StockStore.ts", "../kernel/Quantity.ts", "effect/Result"]
  },
  {
    rule: "a service is left of memory, testing and promise",
    file: "packages/core/src/inventory/Inventory.ts",
    refuses: [
      "../memory/MemoryStockStore.ts",
      "../testing/index.ts",
      "../promise/toPromises.ts",
      "../catalog/Product.ts",
      "effect/sql/SqlClient",
      "effect/http/HttpRouter"
    ],
    allows: ["./decide.ts", "./StockStore.ts", "../events/EventLog.ts", "effect/Layer"]
  },
  {
    rule: "catalog does not import inventory",
    file: "packages/core/src/catalog/Product.ts",
    refuses: ["../inventory/Sku.ts", "../memory/MemoryStockStore.ts"],
    allows: ["./Category.ts", "../kernel/Page.ts", "effect/Schema"]
  },
  {
    rule: "events know the kernel only",
    file: "packages/core/src/events/EventLog.ts",
    refuses: [
      "../inventory/InventoryEvent.ts",
      "../catalog/Product.ts",
      "../memory/MemoryEventLog.ts"
    ],
    allows: ["../kernel/DomainEvent.ts", "effect/Stream"]
  },
  {
    rule: "a flow is left of memory",
    file: "packages/core/src/ordering/OrderFlow.ts",
    refuses: ["../memory/MemoryStockStore.ts", "../testing/index.ts"],
    allows: ["../inventory/Inventory.ts", "../events/EventPublisher.ts"]
  },
  {
    rule: "memory is beside testing and promise",
    file: "packages/core/src/memory/MemoryStockStore.ts",
    refuses: ["../testing/index.ts", "../promise/toPromises.ts", "node:fs"],
    allows: ["../inventory/StockStore.ts", "../inventory/decide/Draft.ts", "effect/Effect"]
  },
  {
    rule: "testing is beside memory and promise",
    file: "packages/core/src/testing/StockStoreContract.ts",
    refuses: ["../memory/MemoryStockStore.ts", "../promise/toPromises.ts"],
    allows: ["../inventory/StockStore.ts", "effect/testing/TestClock"]
  },
  {
    rule: "promise is beside memory and testing",
    file: "packages/core/src/promise/toPromises.ts",
    refuses: ["../memory/MemoryStockStore.ts", "../testing/index.ts"],
    allows: ["../inventory/Inventory.ts", "effect/ManagedRuntime"]
  },
  {
    rule: "the Promise door shows no type of Effect",
    file: "packages/core/src/index.ts",
    refuses: ["./inventory/Inventory.ts", "./promise/toPromises.ts", "effect/Effect"],
    allows: ["./promise/HoldfastError.ts"]
  },
  {
    rule: "an adapter knows core, and no other adapter",
    file: "packages/adapter-pg/src/PgStockStore.ts",
    refuses: [
      "@holdfast/adapter-kafka",
      "@holdfast/adapter-pg/effect",
      "@holdfast/http",
      "holdfast",
      "@holdfast/core/testing",
      "../../core/src/index.ts",
      "../../adapter-kafka/src/index.ts"
    ],
    allows: ["@holdfast/core", "@holdfast/core/effect", "./statements/lockStock.ts", "node:path"]
  },
  {
    rule: "the API knows core, and no adapter",
    file: "packages/http/src/server/inventoryRoutes.ts",
    refuses: [
      "@holdfast/adapter-pg",
      "holdfast",
      "effect/sql/SqlClient",
      "@effect/sql-pg/PgClient",
      "node:fs"
    ],
    allows: ["@holdfast/core/effect", "../api/InventoryApi.ts", "effect/http-api/HttpApi"]
  },
  {
    rule: "the server imports the published doors",
    file: "packages/server/src/serve.ts",
    refuses: [
      "@holdfast/core/testing",
      "../../core/src/index.ts",
      "../../../examples/plain/src/main.ts"
    ],
    allows: ["@holdfast/core", "@holdfast/adapter-pg/effect", "@holdfast/http", "node:fs"]
  },
  {
    rule: "an example imports what a stranger can install",
    file: "examples/plain/src/main.ts",
    refuses: ["../../../packages/core/src/index.ts", "@holdfast/core/src/index.ts"],
    allows: ["@holdfast/core", "@holdfast/adapter-pg", "./report.ts"]
  }
]

const isPort = (file: string) => /(Store|Reads|SkuMappings)\.ts$/.test(file)
const isService = (file: string) => /\/(Inventory|GroupCommit|commitBatch)\.ts$/.test(file)

/** Every file that must be pure, as the repository is now: a new one is held to it by being there. */
const pureFiles = globSync(
  ["kernel/*.ts", "inventory/*.ts", "inventory/decide/*.ts"].map((it) => `packages/core/src/${it}`),
  { cwd: root }
).filter((file) => !isPort(file) && !isService(file))

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

  it("is found in each of the three folders", () => {
    expect(pureFiles).toEqual(
      expect.arrayContaining([
        "packages/core/src/kernel/Quantity.ts",
        "packages/core/src/inventory/decide.ts",
        "packages/core/src/inventory/evolve.ts",
        "packages/core/src/inventory/decide/reserve.ts"
      ])
    )
  })
})

it("reports two files that import each other", () => {
  const here = "packages/core/src/inventory/Sku.ts"
  const there = "packages/core/src/inventory/Location.ts"
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
