// Programs that a test puts in front of Holdfast or its database, or needs to bring one: a balancer,
// a pooler, a browser, Maven. A missing
// program is installed with apt-get when this process is root and the machine has apt-get. When it
// is still missing, the tests that need it are skipped by name, with the reason.
import { execFileSync } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/** The programs that tests know how to run. */
export type Program =
  | "age"
  | "chromium"
  | "haproxy"
  | "mvn"
  | "openssl"
  | "pgbouncer"
  | "shellcheck"
  | "zstd"

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What Debian calls the package of a program. */
const packageOf = (program: Program): string => (program === "mvn" ? "maven" : program)

/** Debian installs servers in folders that are not on every PATH. */
const folders = (): ReadonlyArray<string> => [
  ...(process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""),
  "/usr/sbin",
  "/usr/local/sbin"
]

const found = (program: Program): string | undefined =>
  folders()
    .map((folder) => join(folder, program))
    .find(isExecutable)

const aptGet = (...args: ReadonlyArray<string>): void => {
  execFileSync("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=120", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: "ignore",
    timeout: 180_000
  })
}

/** A machine may know no packages before its first update. */
const install = (program: Program): void => {
  const once = () => aptGet("install", "-y", "--no-install-recommends", packageOf(program))
  try {
    once()
  } catch {
    aptGet("update")
    once()
  }
}

const reasons = new Map<Program, string | undefined>()

const provide = (program: Program): string | undefined => {
  if (found(program) !== undefined) return undefined
  if (process.getuid?.() !== 0 || !isExecutable("/usr/bin/apt-get")) {
    return `SKIPPED: no ${program} on this machine; install it (apt-get install ${packageOf(program)})`
  }
  try {
    install(program)
  } catch (cause) {
    return `SKIPPED: ${program} cannot be installed here: ${String(cause).split("\n")[0]}`
  }
  return found(program) === undefined
    ? `SKIPPED: ${program} was installed and not found`
    : undefined
}

/** Why a program is not available here; undefined when it is. The first call installs it. */
export const whyNoProgram = (program: Program): string | undefined => {
  if (!reasons.has(program)) {
    const reason = provide(program)
    reasons.set(program, reason)
    if (reason !== undefined) console.warn(`\n*** ${reason}: its tests do not run ***\n`)
  }
  return reasons.get(program)
}

/** The path of an available program. */
export const pathOf = (program: Program): string => {
  const path = whyNoProgram(program) === undefined ? found(program) : undefined
  if (path === undefined) throw new Error(whyNoProgram(program))
  return path
}
