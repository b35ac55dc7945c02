// Makes assets/pglite.tar.gz: an empty embedded database, so that the first start of a folder loads
// files (1 s) and does not run initdb (3 s). The build runs it, and so does the test run before its
// first test. The file is made again when the version of PGlite changes; it is not committed.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const assets = new URL("../assets/", import.meta.url)
const archive = new URL("pglite.tar.gz", assets)
const stamp = new URL("pglite.version", assets)

const version = () => {
  const require = createRequire(import.meta.url)
  const main = require.resolve("@electric-sql/pglite")
  return JSON.parse(readFileSync(new URL("../package.json", `file://${main}`), "utf8")).version
}

/** Makes the archive when it is missing or of another version. */
export default async function preparePglite() {
  const wanted = version()
  if (existsSync(archive) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return
  const { PGlite } = await import("@electric-sql/pglite")
  const pglite = await PGlite.create()
  await pglite.exec("checkpoint")
  const dump = await pglite.dumpDataDir("none")
  const bytes = Buffer.from(await dump.arrayBuffer())
  await pglite.close()
  mkdirSync(assets, { recursive: true })
  const draft = new URL(`pglite.${process.pid}.tmp`, assets)
  writeFileSync(draft, gzipSync(bytes, { level: 9 }))
  renameSync(draft, archive)
  writeFileSync(stamp, wanted)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await preparePglite()
