/**
 * Checks what a stranger would install: packs every package that is to be published and lets
 * publint and attw read the tarballs. Run by `pnpm check`, after the build. Prints a line a
 * package, and what was found when one is not fit; then it ends with 1.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const published = readdirSync("packages")
  .map((name) => join("packages", name))
  .map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  }))
  .filter(({ manifest }) => manifest.private !== true)

const tarballs = mkdtempSync(join(tmpdir(), "holdfast-packed-"))

const stepsOf = (manifest, tarball) => [
  ["pnpm", "pack", "--out", tarball],
  ["publint", "run", "--strict", tarball],
  // A package that is only a command has no declarations for attw to resolve.
  ...(manifest.exports["."] === undefined ? [] : [["attw", "--profile", "esm-only", tarball]])
]

const isFit = ({ folder, manifest }) => {
  const tarball = join(tarballs, `${manifest.name.replace(/[@/]/g, "-")}.tgz`)
  for (const [command, ...words] of stepsOf(manifest, tarball)) {
    const { error, status, stderr, stdout } = spawnSync(command, words, {
      cwd: folder,
      encoding: "utf8",
      shell: process.platform === "win32"
    })
    if (status !== 0) {
      console.error(`${manifest.name}: ${command} refuses it\n${stdout ?? ""}${stderr ?? error}`)
      return false
    }
  }
  console.log(`${manifest.name}: fit to publish`)
  return true
}

const fit = published.filter(isFit)
rmSync(tarballs, { recursive: true })
if (fit.length < published.length) process.exitCode = 1
