/**
 * `pnpm production <folder>`: writes what a machine that serves needs, and nothing else: the command
 * as a bundle, the embedded database, the demo and the notices of what was bundled. It starts from
 * what `pnpm deploy` makes of the lock file, so versions are those that were tested. The image copies
 * the folder to /app. The last line is JSON: the size, and what came from where.
 */
import { spawnSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { build } from "esbuild"

/**
 * Packages that stay packages. PGlite reads its WebAssembly and its data from beside its modules; one
 * timer of KafkaJS is replaced inside of it.
 */
const apart = ["@electric-sql/pglite", "kafkajs"]

/** Files of packages that only people and compilers read. */
const unread = /\.(map|md|d\.ts|d\.cts|d\.mts|cjs)$/

const [, , asked] = process.argv
const out = resolve(asked ?? "")
if (asked === undefined || (existsSync(out) && readdirSync(out).length > 0)) {
  console.error("pnpm production <folder>: name a folder that is empty, or is not there yet")
  process.exit(2)
}

/** Where pnpm keeps a package of a deployed tree: beside those that need it. */
const packageIn = (deployed, name) => {
  const store = join(deployed, "node_modules/.pnpm")
  const found = readdirSync(store)
    .map((entry) => join(store, entry, "node_modules", name))
    .filter((folder) => existsSync(folder))
    .map((folder) => realpathSync(folder))
  const [folder, another] = [...new Set(found)]
  if (folder === undefined || another !== undefined) {
    throw new Error(`${name} is there ${found.length} times; a bundle has it once`)
  }
  return folder
}

const bundle = (deployed) =>
  build({
    entryPoints: [join(deployed, "dist/main.js")],
    outdir: join(out, "dist"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minify: true,
    legalComments: "linked",
    external: apart,
    metafile: true,
    logLevel: "error",
    // Packages in CommonJS ask for Node's own modules by `require`, which a module has not.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);'
    }
  })

const bytesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size)
  }, 0)

/** The packages whose files are in the bundle. */
const packagesOf = (metafile) =>
  [
    ...new Set(
      Object.keys(metafile.inputs).flatMap((file) => {
        const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file) ?? []
        return name === undefined ? [] : [name]
      })
    )
  ].sort()

const write = async (deployed) => {
  mkdirSync(out, { recursive: true })
  for (const name of ["bin", "demo", "package.json"]) {
    cpSync(join(deployed, name), join(out, name), { recursive: true })
  }
  cpSync(join(packageIn(deployed, "@holdfast/adapter-pg"), "assets"), join(out, "assets"), {
    recursive: true
  })
  const { metafile } = await bundle(deployed)
  // Read from beside the module that computes the checksums of Kafka.
  cpSync(
    join(packageIn(deployed, "@platformatic/wasm-utils"), "dist/native.wasm"),
    join(out, "dist/native.wasm")
  )
  for (const name of apart) {
    const isCommonJs = name === "kafkajs"
    cpSync(packageIn(deployed, name), join(out, "node_modules", name), {
      recursive: true,
      filter: (file) => isCommonJs || !unread.test(file)
    })
  }
  return packagesOf(metafile)
}

const deployed = mkdtempSync(join(tmpdir(), "holdfast-deploy-"))
process.on("exit", () => rmSync(deployed, { recursive: true, force: true }))

const pnpm = ["--yes", "--prefer-offline", "pnpm@12.21.0", "--filter", "holdfast", "deploy"]
const { status, stderr } = spawnSync("npx", [...pnpm, "--prod", "--prefer-offline", deployed], {
  encoding: "utf8"
})
if (status !== 0) {
  console.error(stderr)
  process.exit(status ?? 1)
}
if (!existsSync(join(deployed, "dist/main.js"))) {
  console.error("there is no build to deploy; run pnpm build first")
  process.exit(1)
}
const bundled = await write(deployed)
const { version } = JSON.parse(readFileSync(join(out, "package.json"), "utf8"))
const deployedBytes = bytesIn(deployed)
console.log(
  JSON.stringify({ folder: out, version, bytes: bytesIn(out), deployedBytes, bundled, apart })
)
