// A program in the background, until it is stopped or the process that started it ends.
import { spawn } from "node:child_process"
import { keepOnLeash } from "../keepOnLeash.ts"

/** A program in the background. */
export interface BackgroundProgram extends AsyncDisposable {
  /** What it printed so far. */
  readonly log: () => string
  /** Rejects with what it printed when it has ended. */
  readonly check: () => void
}

/** Starts a program. */
export const inBackground = (
  path: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
): BackgroundProgram => {
  const child = keepOnLeash(
    spawn(path, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
  )
  let said = ""
  let hasEnded = false
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding("utf8").on("data", (text: string) => {
      said += text
    })
  }
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      hasEnded = true
      resolve()
    }
    child.once("exit", end).once("error", end)
  })
  return {
    log: () => said,
    check: () => {
      if (hasEnded) throw new Error(`${path} has ended:\n${said}`)
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM")
      const forced = setTimeout(() => child.kill("SIGKILL"), 5_000)
      await ended
      clearTimeout(forced)
    }
  }
}
