/**
 * A stranger's project outside the repository: the packages packed as they would be published, and
 * installed by npm beside all the hosts that the tests try. Packages that the registry cannot give
 * are left out, and each is named with the reason.
 */
import { execFile } from "node:child_process"
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** How a command ended. */
export interface Ended {
  readonly code: number
  readonly output: string
}

// What this test run sets would make the stranger's processes read our sources.
const { NODE_OPTIONS: _, ...environment } = process.env

/** Runs a command to its end; its two outputs are one text. */
export const run = (command: string, words: ReadonlyArray<string>, cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(command, words, { cwd, env: environment, maxBuffer: 1e8 }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1
      resolve({ code, output: `${out}${err}` })
    })
  })

const rightly = async (command: string, words: ReadonlyArray<string>, cwd: string) => {
  const { code, output } = await run(command, words, cwd)
  if (code !== 0) throw new Error(`${command} ${words.join(" ")}\n${output}`)
}

const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"]

/** What the registry says when it cannot give a package, be it away or without it. */
const isRegistrys = (output: string): boolean =>
  /\b(E404|ETARGET|ENOTFOUND|ENOTCACHED|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|E50\d)\b/.test(
    output
  )

/** What npm says is the matter, in one line. */
const reasonIn = (output: string): string =>
  /npm error (?!code )(.+)/.exec(output)?.[1] ?? output.trim()

/** Packages by name, with what is asked for, as in a `package.json`. */
export type Wanted = Readonly<Record<string, string>>

/** Packs, installs, and gives the project. `hosts` are groups of packages that come or stay out. */
export const outsideProject = async (base: Wanted, hosts: Readonly<Record<string, Wanted>>) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-outside-"))
  const tarballs = join(folder, "tarballs")
  mkdirSync(tarballs)
  const pnpm = ["--yes", "--prefer-offline", "pnpm@12.21.0"]
  const packages = [
    "core",
    "adapter-pg",
    "adapter-kafka",
    "adapter-redis",
    "adapter-webhooks",
    "client",
    "grpc",
    "http"
  ]
  for (const name of packages) {
    const from = join(root, "packages", name)
    if (!existsSync(join(from, "dist/index.js"))) throw new Error(`${name} is not built`)
    await rightly("npx", [...pnpm, "pack", "--out", join(tarballs, `${name}.tgz`)], from)
  }
  const ours = Object.fromEntries(
    packages.map((name) => [`@holdfast/${name}`, `file:${join(tarballs, `${name}.tgz`)}`])
  )

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const tryInstall = (
    wanted: Wanted,
    words: ReadonlyArray<string> = [],
    at = "."
  ): Promise<Ended> => {
    const dependencies = { ...ours, ...base, ...wanted }
    write(join(at, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }))
    return run("npm", [...install, ...words], join(folder, at))
  }

  const missing = new Map<string, string>()
  const whole = await tryInstall(Object.assign({}, ...Object.values(hosts)))
  if (whole.code !== 0) {
    if (!isRegistrys(whole.output)) throw new Error(whole.output)
    // One by one, so that only what cannot be had is left out.
    const present: Array<Wanted> = []
    for (const [host, wanted] of [["npm", {}] as const, ...Object.entries(hosts)]) {
      const { code, output } = await tryInstall(Object.assign({}, ...present, wanted))
      if (code === 0) present.push(wanted)
      else if (isRegistrys(output)) missing.set(host, reasonIn(output))
      else throw new Error(output)
      if (missing.has("npm")) break
    }
    await tryInstall(Object.assign({}, ...present))
  }

  return {
    folder,
    write,
    /** Why a host is not there, if it is not. */
    whyNot: (host: string): string | undefined => missing.get("npm") ?? missing.get(host),
    /** Whether npm would install ours beside these, in a folder; nothing is downloaded. */
    wouldInstall: async (at: string, wanted: Wanted) => {
      const ended = await tryInstall(wanted, ["--package-lock-only"], at)
      return { ...ended, why: isRegistrys(ended.output) ? reasonIn(ended.output) : undefined }
    },
    run: (command: string, ...words: ReadonlyArray<string>) =>
      run(command === "node" ? process.execPath : command, words, folder),
    /** The folders that hold a copy of a package. */
    copiesOf: (name: string): ReadonlyArray<string> =>
      globSync(`node_modules/**/${name}/package.json`, { cwd: folder }).map(dirname).sort(),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true })
  }
}

/** An outside project. */
export type OutsideProject = Awaited<ReturnType<typeof outsideProject>>
