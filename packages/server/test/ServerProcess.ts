/**
 * The command in a process of its own, made from its sources. A started server is known by the line
 * that it prints when it is up; whatever a test leaves running is killed at the end of its scope, or
 * of the process that runs the test.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { keepOnLeash } from "@holdfast/test-servers"
import { bundledCommand } from "./bundledCommand.ts"

const bundled = await bundledCommand()
const built = fileURLToPath(new URL("../bin/holdfast.js", import.meta.url))

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** What a command is run with, beside its arguments. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Whether to run what was built, as a user does, and not the sources. */
  readonly isBuilt?: boolean
}

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly output: { stdout: string; stderr: string }
}

/** The environment of the test less every setting of Holdfast. */
const environment = (extra: Readonly<Record<string, string>> = {}) => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("HOLDFAST_"))
  ),
  NO_COLOR: "1",
  // No balancer is in front. A test about leaving sets its own leave time.
  HOLDFAST_LEAVE_TIME: "0s",
  // Half of a start is reading code that the start before it has read.
  NODE_COMPILE_CACHE: bundled.compiled,
  ...extra
})

const launch = (args: ReadonlyArray<string>, options: RunOptions = {}): Running => {
  // A test that fails or times out must not leave its server behind.
  const program = options.isBuilt
    ? [built]
    : ["--disable-warning=ExperimentalWarning", bundled.main]
  const child = keepOnLeash(
    spawn(process.execPath, [...program, ...args], {
      env: environment(options.env),
      cwd: options.cwd,
      stdio: ["ignore", "pipe", "pipe"]
    })
  )
  const output = { stdout: "", stderr: "" }
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, signal) => resolve({ code, signal, ...output }))
  })
  return { child, ended, output }
}

/** Runs `holdfast` with arguments until it ends. */
export const holdfast = (args: ReadonlyArray<string>, options: RunOptions = {}): Promise<Ended> =>
  launch(args, options).ended

/** A server that may not be up yet. */
export interface BegunServer extends AsyncDisposable {
  readonly ended: Promise<Ended>
  readonly log: () => string
  readonly signal: (name: NodeJS.Signals) => void
}

const killedAtTheEnd =
  ({ child, ended }: Running) =>
  async () => {
    // A stopped process reacts only to this signal.
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL")
    await ended
  }

/** A command that goes on until a signal. */
export interface BegunCommand extends AsyncDisposable {
  readonly pid: number | undefined
  readonly ended: Promise<Ended>
  /** Waits until it has printed so many lines. */
  readonly prints: (lines: number) => Promise<ReadonlyArray<string>>
  readonly signal: (name: NodeJS.Signals) => void
}

/** Starts `holdfast` with arguments, and does not wait until it ends. */
export const beginCommand = (
  args: ReadonlyArray<string>,
  options: RunOptions = {}
): BegunCommand => {
  const running = launch(args, options)
  const { child, ended, output } = running
  return {
    pid: child.pid,
    ended,
    prints: (lines) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const whole = output.stdout.split("\n").slice(0, -1)
          if (whole.length >= lines) resolve(whole)
        }
        look()
        child.stdout?.on("data", look)
        void ended.then(({ stderr }) => reject(new Error(`the command ended: ${stderr}`)), reject)
      }),
    signal: (name) => {
      child.kill(name)
    },
    [Symbol.asyncDispose]: killedAtTheEnd(running)
  }
}

/** Starts `holdfast serve` on a port, and does not wait until it is up. */
export const beginServer = (
  port: number,
  args: ReadonlyArray<string>,
  options: RunOptions = {}
): BegunServer => {
  const running = launch(["serve", "--json", "--port", String(port), ...args], options)
  return {
    ended: running.ended,
    log: () => running.output.stderr,
    signal: (name) => {
      running.child.kill(name)
    },
    [Symbol.asyncDispose]: killedAtTheEnd(running)
  }
}

/** The line of JSON that `serve --json` prints. */
export interface ServerLine {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly isReady: boolean
  readonly database: string
  readonly try: ReadonlyArray<string>
}

/** A server that is up. */
export interface ServerProcess extends ServerLine, AsyncDisposable {
  readonly ended: Promise<Ended>
  /** What it logged so far. */
  readonly log: () => string
  /** Waits until it has logged a text. */
  readonly logs: (text: string) => Promise<void>
  readonly signal: (name: NodeJS.Signals) => void
  /** Asks it to stop, and waits until it has. */
  readonly stop: () => Promise<Ended>
  readonly kill9: () => Promise<Ended>
}

/** Starts `holdfast serve` on a free port and waits until it is up; rejects when it ends instead. */
export const startServer = async (
  args: ReadonlyArray<string>,
  options: RunOptions = {}
): Promise<ServerProcess> => {
  const running = launch(["serve", "--json", "--port", "0", ...args], options)
  const { child, ended, output } = running
  const line = await new Promise<ServerLine>((resolve, reject) => {
    const look = () => {
      const [text] = /^\{"url".*\n/m.exec(output.stdout) ?? []
      if (text !== undefined) resolve(JSON.parse(text) as ServerLine)
    }
    child.stdout?.on("data", look)
    void ended.then(
      ({ code, stderr, stdout }) =>
        reject(new Error(`the server ended with ${code} instead of starting:\n${stdout}${stderr}`)),
      reject
    )
  })
  const stopWith = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  return {
    ...line,
    ended,
    log: () => output.stderr,
    logs: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (output.stderr.includes(text)) resolve()
        }
        look()
        child.stderr?.on("data", look)
      }),
    signal: (name) => {
      child.kill(name)
    },
    stop: () => stopWith("SIGTERM"),
    kill9: () => stopWith("SIGKILL"),
    [Symbol.asyncDispose]: killedAtTheEnd(running)
  }
}
