/**
 * A stranger's project folder in which the `ts` programs of the READMEs are checked and run. It
 * imports the packages by name, from their sources, and has what the embedding example has installed.
 */
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { keepOnLeash } from "../test-servers/src/index.ts"
import type { Program } from "./readmeSnippets.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const fileOf = (program: Program): string => `${program.name.replace(/[^\w.]+/g, "-")}.ts`

// Half of a start is reading sources that the start before it has read.
const compileCache = join(root, "node_modules/.cache/node-compile")

const tsconfig = JSON.stringify({
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: {
    composite: false,
    declaration: false,
    declarationMap: false,
    emitDeclarationOnly: false,
    rewriteRelativeImportExtensions: false,
    noEmit: true,
    typeRoots: [join(root, "node_modules", "@types")]
  },
  include: ["*.ts"]
})

/** Lays the programs out in a folder of their own, gone with the scope. */
export const snippetProject = (programs: ReadonlyArray<Program>) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-readme-"))
  symlinkSync(join(root, "examples/embedding/node_modules"), join(folder, "node_modules"), "dir")
  writeFileSync(join(folder, "package.json"), `{ "type": "module", "private": true }`)
  writeFileSync(join(folder, "tsconfig.json"), tsconfig)
  for (const program of programs) writeFileSync(join(folder, fileOf(program)), program.text)
  return {
    folder,
    /** What the compiler has against each program, by its name; nothing when it is right. */
    check: (): ReadonlyMap<string, string> => {
      const tsc = join(root, "node_modules/.bin/tsc")
      const { error, stdout } = spawnSync(tsc, ["--pretty", "false"], {
        cwd: folder,
        encoding: "utf8"
      })
      if (error !== undefined) throw error
      const lines = stdout.split("\n").filter((line) => line !== "")
      const found = programs.map((program) => {
        const own = lines.filter((line) => line.startsWith(`${fileOf(program)}(`))
        return [program.name, own.join("\n")] as const
      })
      const strays = lines.filter((line) => /^\S+\(\d+,\d+\): error/.test(line)).length
      const owned = found.flatMap(([, text]) => text.split("\n").filter((line) => line !== ""))
      if (strays > owned.length) throw new Error(`the sources do not compile:\n${stdout}`)
      return new Map(found)
    },
    /** Runs a program to its end, in the folder. */
    run: (program: Program, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
      new Promise((resolve, reject) => {
        const child = keepOnLeash(
          spawn(process.execPath, ["--conditions=@holdfast/source", fileOf(program)], {
            cwd: folder,
            env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...env },
            stdio: ["ignore", "pipe", "pipe"]
          })
        )
        const output = { stdout: "", stderr: "" }
        for (const name of ["stdout", "stderr"] as const) {
          child[name].setEncoding("utf8").on("data", (text: string) => {
            output[name] += text
          })
        }
        child.once("error", reject)
        child.once("close", (code) => resolve({ code, ...output }))
      }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true })
  }
}
