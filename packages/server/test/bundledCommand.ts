/**
 * The command as one file, made from the sources as they are now. A process that reads more than a
 * thousand sources takes three times as long to start, and tests start hundreds of them. What is
 * made is kept beside its compiled code until a source changes.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build, type Plugin, stop } from "esbuild"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const kept = join(root, "node_modules/.cache/holdfast-command")

const dayMillis = 86_400_000

/** A word that changes when a source, a dependency or this file does. */
const wordOfSources = (): string => {
  const hash = createHash("sha256")
  const add = (file: string) => {
    const { mtimeMs, size } = statSync(file)
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  for (const file of [fileURLToPath(import.meta.url), join(root, "pnpm-lock.yaml")]) add(file)
  for (const name of readdirSync(join(root, "packages"))) {
    const folder = join(root, "packages", name, "src")
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) add(join(entry.parentPath, entry.name))
    }
  }
  return hash.digest("hex").slice(0, 16)
}

/**
 * Packages that stay where they are: they read files from beside their modules, or one of their timers
 * is replaced inside of them.
 */
const apart = new Set(["@electric-sql/pglite", "@platformatic/wasm-utils", "kafkajs"])

const addresses: Plugin = {
  name: "addresses",
  setup: ({ onLoad, onResolve, resolve }) => {
    onResolve({ filter: /^[^./]/ }, async ({ kind, path, pluginData, resolveDir }) => {
      const [, name = path] = /^((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
      if (pluginData === "asked" || !apart.has(name)) return undefined
      const found = await resolve(path, { kind, resolveDir, pluginData: "asked" })
      return found.errors.length > 0 || found.external
        ? found
        : { path: pathToFileURL(found.path).href, external: true }
    })
    // A source finds what lies beside it by its own address.
    onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8")
      const address = JSON.stringify(pathToFileURL(path).href)
      return { contents: text.replaceAll("import.meta.url", address), loader: "ts" }
    })
  }
}

const make = async (folder: string): Promise<void> => {
  const draft = `${folder}.${process.pid}`
  await build({
    entryPoints: { main: join(root, "packages/server/src/main.ts") },
    outdir: draft,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    conditions: ["@holdfast/source"],
    plugins: [addresses],
    // A package in CommonJS asks for Node's own modules by `require`, which a module has not.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);'
    },
    logLevel: "error"
  })
  // Its service would live as long as this process.
  await stop()
  // Two processes may make the same at the same time, and one of them comes first.
  if (existsSync(folder)) rmSync(draft, { recursive: true })
  else renameSync(draft, folder)
}

/** Removes what was made of sources that have changed since, unless a run may still use it. */
const forget = (): void => {
  for (const name of readdirSync(kept)) {
    const folder = join(kept, name)
    const { mtimeMs = Date.now() } = statSync(folder, { throwIfNoEntry: false }) ?? {}
    if (Date.now() - mtimeMs > dayMillis) rmSync(folder, { recursive: true, force: true })
  }
}

/** The command of the sources as they are now. */
export interface BundledCommand {
  /** The file to run with Node. */
  readonly main: string
  /** Where its compiled code is kept, for `NODE_COMPILE_CACHE`. */
  readonly compiled: string
}

/** Makes the command, unless it is there already. Takes about a second. */
export const bundledCommand = async (): Promise<BundledCommand> => {
  const folder = join(kept, wordOfSources())
  if (!existsSync(folder)) {
    mkdirSync(kept, { recursive: true })
    forget()
    await make(folder)
  }
  return { main: join(folder, "main.mjs"), compiled: join(folder, "compiled") }
}
