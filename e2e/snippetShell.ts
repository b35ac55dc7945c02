/**
 * Runs the `sh` lines of a README, in order, in a folder of their own. `holdfast serve` starts a
 * server that stays up to the end, on a free port instead of the one that the README names; `curl`
 * speaks to the server of the port that it names, and to a fresh one in memory when none was
 * started. What is neither has to be marked `no-run`. In a line for `curl`, `$(npx holdfast …)` is what
 * that command prints.
 */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { holdfast, type ServerProcess, startServer } from "../packages/server/test/ServerProcess.ts"
import type { ShellLine } from "./readmeSnippets.ts"

/** A line that did not end as the README says. */
export class WrongLine extends Error {
  constructor({ command, line }: ShellLine, found: string) {
    super(`line ${line}: ${command}\n${found}`)
  }
}

const portDefault = "3000"

const settings = (command: string) => {
  const [, pairs = "", rest = ""] = /^((?:[A-Z_]+=\S+ )*)(.*)$/.exec(command) ?? []
  const env = Object.fromEntries(
    pairs
      .split(" ")
      .filter((pair) => pair !== "")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])
  )
  const [, args] = /^(?:npx )?holdfast(?: (.*?))?(?: &)?$/.exec(rest) ?? []
  return { env, args: args?.split(/\s+/) }
}

/** The words of `serve` without the port, and the port. */
const portApart = (words: ReadonlyArray<string>) => {
  const at = words.indexOf("--port")
  return at === -1
    ? { port: portDefault, words }
    : { port: words[at + 1] ?? portDefault, words: words.toSpliced(at, 2) }
}

const statusMark = "\n%{http_code}"

const curl = (command: string, cwd: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve) => {
    const quiet = command.replace(/^curl /, `curl -sS -w '${statusMark}' `)
    execFile("sh", ["-c", quiet], { cwd, encoding: "utf8" }, (error, stdout, stderr) => {
      const [text = "", status] = stdout.split(/\n(?=\d+$)/)
      resolve({ status: error === null ? Number(status) : 0, text: `${text}${stderr}` })
    })
  })

/** Opens a shell; what it started ends with the scope. */
export const snippetShell = () => {
  const cwd = mkdtempSync(join(tmpdir(), "holdfast-readme-"))
  const servers = new Map<string, ServerProcess>()

  const serve = async (words: ReadonlyArray<string>, env: Readonly<Record<string, string>>) => {
    const { port, words: rest } = portApart(words)
    servers.set(port, await startServer(rest, { cwd, env }))
  }

  /** A line with what `$(npx holdfast …)` in it prints. */
  const withAnswers = async (line: ShellLine): Promise<string> => {
    const [whole, words] = /\$\(npx holdfast ([^)]*)\)/.exec(line.command) ?? []
    if (whole === undefined || words === undefined) return line.command
    const { code, stderr, stdout } = await holdfast(words.split(" "), { cwd })
    if (code !== 0) throw new WrongLine(line, `exit ${code}: ${stdout}${stderr}`)
    return line.command.replace(whole, stdout.trim())
  }

  const speak = async (line: ShellLine) => {
    const [, port] = /https?:\/\/(?:127\.0\.0\.1|localhost):(\d+)/.exec(line.command) ?? []
    if (port === undefined) throw new WrongLine(line, "speaks to no port of this machine")
    if (!servers.has(port)) await serve(["--memory", "--auth", "development", "--port", port], {})
    const here = `127.0.0.1:${servers.get(port)?.port}`
    const command = (await withAnswers(line)).replaceAll(/(?:127\.0\.0\.1|localhost):\d+/g, here)
    const { status, text } = await curl(command, cwd)
    const isRight =
      line.status === undefined ? status >= 200 && status < 300 : status === line.status
    if (!isRight) throw new WrongLine(line, `HTTP ${status}: ${text}`)
  }

  return {
    run: async (line: ShellLine): Promise<void> => {
      if (line.command.startsWith("curl ")) return speak(line)
      const { args, env } = settings(line.command)
      if (args === undefined) throw new WrongLine(line, "is neither curl nor holdfast: no-run?")
      if (args[0] === "serve" && !args.includes("--help")) return serve(args.slice(1), env)
      const { code, stderr, stdout } = await holdfast(args, { cwd, env })
      if (code !== (line.status ?? 0)) throw new WrongLine(line, `exit ${code}: ${stdout}${stderr}`)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...servers.values()].map((server) => server[Symbol.asyncDispose]()))
      rmSync(cwd, { recursive: true, force: true })
    }
  }
}
