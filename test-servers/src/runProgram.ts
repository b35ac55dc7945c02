// Runs a program in the foreground, with its configuration in a folder of its own, until the
// program is stopped or the process that started it ends.
import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { keepOnLeash } from "./keepOnLeash.ts"
import { identity } from "./PostgresServer.ts"
import { type Program, pathOf } from "./programs.ts"

/** A running program. */
export interface RunningProgram extends AsyncDisposable {
  readonly port: number
  /** Its output so far. */
  readonly log: () => string
}

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1")
    const answer = (isUp: boolean) => () => {
      socket.destroy()
      resolve(isUp)
    }
    socket.once("connect", answer(true)).once("error", answer(false))
  })

const startMillisMax = 20_000

/** Tries the port a hundred times a second until it accepts; fails when the program ends first. */
const untilAccepting = async (child: ChildProcess, port: number, log: () => string) => {
  const startedAt = performance.now()
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() - startedAt > startMillisMax) {
      throw new Error(`${child.spawnfile} does not listen on port ${port}:\n${log()}`)
    }
    await pause(10)
  }
}

/** A program that this machine has, or one that lies where no other user may read it. */
export type Runnable = Program | { readonly name: string; readonly path: string }

/** Starts a program whose last argument is its configuration file, in whatever form it reads it. */
export const runProgram = async (
  runnable: Runnable,
  port: number,
  configuration: string,
  args: ReadonlyArray<string> = []
): Promise<RunningProgram> => {
  const { name, path, user } =
    typeof runnable === "string"
      ? { name: runnable, path: pathOf(runnable), user: identity() }
      : { ...runnable, user: {} }
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${name}-`))
  chmodSync(folder, 0o755)
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, configuration)
  const child = keepOnLeash(
    spawn(path, [...args, file], {
      ...user,
      stdio: ["ignore", "pipe", "pipe"]
    })
  )
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
    child.once("error", () => resolve())
  })
  let said = ""
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => {
      said += text
    })
  }
  const log = () => said
  const stop = async () => {
    child.kill("SIGKILL")
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await untilAccepting(child, port, log)
  } catch (cause) {
    await stop()
    throw cause
  }
  return { port, log, [Symbol.asyncDispose]: stop }
}
