/**
 * Reads the repository itself and holds it to the habits that no compiler sees: every export is
 * explained, every file says what it is for and stays short, nothing is put off to later, and
 * nothing names the machine it was written on. What each test finds is listed by file and line.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, dirname, extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))
const notOurs = new Set(["node_modules", "dist", ".git", "coverage", ".holdfast"])

const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`
    if (notOurs.has(entry.name)) return []
    return entry.isDirectory() ? filesUnder(path) : entry.isFile() ? [path] : []
  })

const files = filesUnder("")
const read = (file: string) => readFileSync(join(root, file), "utf8")
const ending = (...endings: ReadonlyArray<string>) =>
  files.filter((file) => endings.includes(extname(file)))

const code = ending(".ts", ".mts", ".js", ".mjs")
const sources = code.filter((file) => /^packages\/[^/]+\/src\//.test(file))
const texts = [
  ...code,
  ...ending(".json", ".jsonc", ".md", ".yaml", ".yml", ".sql", ".sh", ".grit", ".toml"),
  ...files.filter((file) => [".ci/run", ".gitignore", "Dockerfile"].includes(file))
]

const statement = /\/statements\/(?:[^/]+\/)?[^/]+\.ts$/

/** `file:line: text` for each line that `finds` says is wrong. */
const linesWhere = (
  of: ReadonlyArray<string>,
  finds: (line: string, index: number, lines: ReadonlyArray<string>) => boolean
): ReadonlyArray<string> =>
  of.flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((line, index, lines) =>
        finds(line, index, lines) ? [`${file}:${index + 1}: ${line.trim()}`] : []
      )
  )

const exported =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(const|let|function\*?|class|interface|type(?! [{*])) ?(\w+)?/

it("finds the sources that it is to read", () => {
  expect(sources).toContain("packages/core/src/inventory/decide/decide.ts")
  expect(texts).toContain(".ci/run")
})

it("every exported symbol has a docstring", () => {
  const undocumented = linesWhere(sources, (line, index, lines) => {
    const [, kind, name] = exported.exec(line) ?? []
    if (kind === undefined) return false
    // The type of a schema is explained by the schema, which stands above it.
    const isTypeOfSchema = new RegExp(`(typeof ${name}>|= typeof ${name}\\.Type)`).test(line)
    if (isTypeOfSchema && lines.some((it) => it.startsWith(`export const ${name} `))) return false
    const above = lines[index - 1] ?? ""
    // Later signatures of an overloaded function are explained by its first.
    const isOverload = kind === "function" && above.startsWith(`export function ${name}`)
    return !above.endsWith("*/") && !isOverload
  })
  expect(undocumented).toEqual([])
})

it("every source file opens with what it is for", () => {
  // A statement is its one export, and says it there.
  const silent = sources
    .filter((file) => !statement.test(file))
    .filter((file) => !/^(#!.*\n)?(\/\*\*|\/\/)/.test(read(file)))
  expect(silent).toEqual([])
})

it("comments and docs use plain words", () => {
  // Turns of phrase that made readers stop. Say who does what: "the store answers", "by default".
  const unplain =
    /\b(told|said|(?:came|comes?|coming) to|anew|on paper|for ever|[Ww]hoever|mend(?:s|ed|ing)?|what is left to fail)\b/
  const judged = /^(?:packages|examples|benchmark|docs|\.changeset)\/|^README\.md$/
  // A migration that has landed keeps its text, and so does a release.
  const leftAlone = /\/(?:test|migrations)\/|CHANGELOG\.md$/
  const prose = [...code, ...ending(".md")]
    .filter((file) => judged.test(file))
    .filter((file) => !leftAlone.test(file))
  expect(prose).toContain("docs/ARCHITECTURE.md")
  expect(linesWhere(prose, (line) => unplain.test(line))).toEqual([])
})

it("nothing is put off to later", () => {
  const marks = new RegExp(
    `\\b(${["TO" + "DO", "FIX" + "ME", "HA" + "CK", "X" + "XX"].join("|")})\\b`
  )
  expect(linesWhere(texts, (line) => marks.test(line))).toEqual([])
})

it("no file is named after a drawer", () => {
  const drawers = new Set(["util", "utils", "helper", "helpers", "common", "manager", "misc"])
  const wordsOf = (file: string) =>
    file
      .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(/[^a-z0-9]+/)
  expect(files.filter((file) => wordsOf(file).some((word) => drawers.has(word)))).toEqual([])
})

it("no file is longer than 400 lines, but for migrations, contract suites and what is generated", () => {
  const mayBeLong = /(\/migrations\/|Migrations?\.ts$|Contract\.ts$|^packages\/client\/src\/api\/)/
  const long = code
    .filter((file) => !mayBeLong.test(file))
    .map((file) => ({ file, lines: read(file).trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > 400)
  expect(long).toEqual([])
})

it("no folder has more than 14 files side by side, but for what stays on record", () => {
  const mayBeFull = new Set([
    ".changeset",
    "docs/adr",
    "docs/events/schemas",
    "packages/adapter-pg/src/inventory/migrations"
  ])
  const sizes = new Map<string, number>()
  for (const file of files) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1)
  const full = [...sizes].filter(([folder, size]) => size > 14 && !mayBeFull.has(folder))
  expect(full).toEqual([])
})

/** What statements have in common is no statement. */
const isShared = (file: string) =>
  file.endsWith("/scope.ts") || file.includes("/statements/filters/")

it("every SQL statement says which index it relies on and which lock it takes", () => {
  const isStatement = (file: string) => statement.test(file) && !isShared(file)
  const comments = (file: string) => (read(file).match(/\/\*[\s\S]*?\*\//g) ?? []).join("\n")
  const silent = sources
    .filter(isStatement)
    .filter((file) => !/\bIndex: \w/.test(comments(file)) || !/\bLock: \w/.test(comments(file)))
  expect(sources.filter(isStatement)).toContain(
    "packages/adapter-pg/src/inventory/statements/lock/lockStock.ts"
  )
  expect(silent).toEqual([])
})

it("SQL stands in folders of statements, but for migrations and the control of transactions", () => {
  const sql =
    /(?:^|[\s`"(])(?:select|insert into|update|delete from|create|alter|with) \S+.*\b(?:from|values|set|table|where|function)\b/
  const elsewhere = sources.filter(
    (file) =>
      file.startsWith("packages/adapter-pg/src/") &&
      !statement.test(file) &&
      !/\/migrations\/|\/engineTables\.ts$/.test(file)
  )
  const isComment = (line: string) => /^\s*(?:\*|\/\/|\/\*\*)/.test(line)
  expect(linesWhere(elsewhere, (line) => !isComment(line) && sql.test(line))).toEqual([])
})

it("T5 every SQL statement that relies on an index is in the test of plans", () => {
  const plans = [
    "schema/plans.integration.test.ts",
    "audit/plannedAudit.ts",
    "schema/plannedCursors.ts",
    "figures/plannedFigures.ts",
    "schema/plannedOrders.ts",
    "schema/plannedWebhooks.ts",
    "catalog/plannedCatalog.ts",
    "exchange/plannedImports.ts",
    "catalog/plannedAttributes.ts",
    "catalog/plannedMappings.ts",
    "catalog/plannedPlaces.ts",
    "replicas/plannedReplicas.ts",
    "access/plannedAccess.ts"
  ]
  const used = plans
    .map((file) => read(`packages/adapter-pg/test/${file}`))
    .join("\n")
    .replace(/^import [^;]*? from "[^"]*"$/gm, "")
  const unplanned = sources
    .filter((file) => statement.test(file) && !isShared(file))
    .flatMap((file) =>
      [...read(file).matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+)/g)]
        .filter(([, about = ""]) => !/Index: none/.test(about))
        .map(([, , name = ""]) => ({ file, name }))
    )
    .filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(used))
  expect(unplanned).toEqual([])
})

it("every link of the documentation leads to a file", () => {
  const broken = ending(".md").flatMap((file) =>
    [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target.replace(/#.*$/, ""))
      .filter((target) => target !== "" && !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(root, dirname(file), decodeURI(target))))
      .map((target) => `${file}: ${target}`)
  )
  expect(broken).toEqual([])
})

it("every path that the architecture names is there", () => {
  const named = read("docs/ARCHITECTURE.md").match(/packages\/[\w./-]*\w/g) ?? []
  expect(named).toContain("packages/core/src/inventory/decide/decide.ts")
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

it("the lock file names no registry", () => {
  expect(linesWhere(["pnpm-lock.yaml"], (line) => /https?:\/\//.test(line))).toEqual([])
  expect(
    files
      .filter((file) => basename(file) === ".npmrc")
      .map(read)
      .join("")
  ).not.toMatch(/registry/)
})

it("nothing names the machine it was written on", () => {
  const homes = ["work/main", "work/shared", "root", "tmp/hf", "home/[a-z]+", "Users/[A-Za-z]+"]
  const machinePath = new RegExp(`(^|[^\\w.])/(${homes.join("|")})(/|\\b)`)
  expect(linesWhere(texts, (line) => machinePath.test(line))).toEqual([])
})
