/**
 * The built packages as a stranger gets them: builds what is missing or stale, walks the
 * declarations that a door reaches, and lays out a host's folder that can import them.
 */
import { execFileSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../..", import.meta.url))
const packages = ["core", "adapter-pg"] as const

/** The environment of a process that knows nothing of this test run. */
const plainEnvironment = () => {
  const { NODE_OPTIONS: _, ...environment } = process.env
  return environment
}

/** How a program is run. */
interface RunOptions {
  /** Ends a program that does not end by itself, in milliseconds. */
  readonly timeout?: number
}

const run = (
  command: string,
  args: ReadonlyArray<string>,
  cwd: string,
  options: RunOptions = {}
): string => {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      env: plainEnvironment(),
      ...options
    })
  } catch (cause) {
    const { stderr, stdout } = cause as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}`, { cause })
  }
}

const bin = (name: string) => join(root, "node_modules", ".bin", name)

const newest = (pattern: string, cwd: string): number =>
  Math.max(0, ...globSync(pattern, { cwd }).map((file) => statSync(join(cwd, file)).mtimeMs))

/** Brings `dist` up to date: the declarations by `tsc -b`, which knows what is stale, and the code. */
export const buildDoors = (): void => {
  run(bin("tsc"), ["-b", ...packages.map((name) => `packages/${name}`)], root)
  for (const name of packages) {
    const folder = join(root, "packages", name)
    const built = join(folder, "dist", "index.js")
    if (!existsSync(built) || statSync(built).mtimeMs < newest("src/**/*.ts", folder)) {
      run(bin("tsup"), ["--silent"], folder)
    }
  }
}

/** The declaration file that a specifier leads to, or undefined when it leaves the doors. */
const declarationOf = (specifier: string, from: string): string | undefined => {
  if (specifier.startsWith(".")) {
    const path = join(dirname(from), specifier.replace(/\.(ts|js)$/, ""))
    return [`${path}.d.ts`, join(path, "index.d.ts")].find((file) => existsSync(file))
  }
  const name = packages.find((it) => specifier === `@holdfast/${it}`)
  return name === undefined ? undefined : doorOf(name)
}

/** The declarations of a package's entry. */
export const doorOf = (name: (typeof packages)[number], entry = "index"): string =>
  join(root, "packages", name, "dist", `${entry}.d.ts`)

const specifiersIn = (text: string): ReadonlyArray<string> => {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "")
  const patterns = [
    /(?:\bfrom|\bimport|\bmodule)\s*["']([^"']+)["']/g,
    /\b(?:import|require)\s*\(\s*["']([^"']+)["']\s*\)/g,
    /\/\/\/\s*<reference\s+(?:types|path)\s*=\s*["']([^"']+)["']/g
  ]
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([, found = ""]) => found))
}

/** What a door's declarations reach: their files, and every specifier that leads outside. */
export const reachedFrom = (door: string) => {
  const files = new Set([door])
  const outside: Array<string> = []
  for (const file of files) {
    for (const specifier of specifiersIn(readFileSync(file, "utf8"))) {
      const next = declarationOf(specifier, file)
      if (next === undefined) outside.push(`${relative(root, file)} imports ${specifier}`)
      else files.add(next)
    }
  }
  return { files: [...files].map((file) => relative(root, file)), outside }
}

/** A host's own folder, with these files in it, gone with the test. */
export const hostFolder = (files: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-host-"))
  mkdirSync(join(folder, "node_modules", "@holdfast"), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const installed = (name: string) => join(folder, "node_modules", "@holdfast", name)
  return {
    /** Links the built packages, with all that they depend on. */
    linkPackages: () => {
      for (const name of packages) symlinkSync(join(root, "packages", name), installed(name), "dir")
    },
    /** Puts the declarations there alone: what they would need beside them is not to be found. */
    copyDeclarations: () => {
      for (const name of packages) {
        const from = join(root, "packages", name)
        mkdirSync(installed(name))
        cpSync(join(from, "package.json"), join(installed(name), "package.json"))
        cpSync(join(from, "dist"), join(installed(name), "dist"), {
          recursive: true,
          filter: (file) => statSync(file).isDirectory() || file.endsWith(".d.ts")
        })
      }
      mkdirSync(join(folder, "node_modules", "@types"))
      for (const name of ["node"]) {
        symlinkSync(
          join(root, "node_modules", "@types", name),
          join(folder, "node_modules", "@types", name),
          "dir"
        )
      }
    },
    node: (file: string, options?: RunOptions) => run(process.execPath, [file], folder, options),
    tsc: (...args: ReadonlyArray<string>) => run(bin("tsc"), args, folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true })
  }
}
