/** Servers and load generators as processes of their own, which end with the scope. */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { keepOnLeash } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Budget, Contender, Sample } from "../Contender.ts"
import type { GeneratorOptions } from "./loadGenerator.ts"

/** A server that listens. */
export interface RunningServer {
  readonly url: string
  /** Where it serves gRPC, if it does. */
  readonly grpc: string | undefined
  /** Where its metrics are, if it shows them. */
  readonly metrics?: string | undefined
  readonly pid: number
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const fromSource = ["--conditions=@holdfast/source"]

/** A server prints one line of JSON with its URL when it listens. */
const listening = (child: ChildProcess): Promise<RunningServer> =>
  new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`a server ended with ${code} before it listened`))
    )
    if (child.stdout === null) return
    createInterface(child.stdout).once("line", (line) => {
      const { grpc, metrics, url } = JSON.parse(line) as Omit<RunningServer, "pid">
      resolve({ url, grpc, metrics, pid: child.pid ?? 0 })
    })
  })

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once("exit", () => resolve())
    // At SIGTERM the server would go on serving for a while, for balancers to notice.
    child.kill("SIGINT")
  })

/** How a server is started, beside its arguments. */
interface StartOptions {
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Whether what it logs is thrown away and not shown. */
  readonly isQuiet?: boolean | undefined
}

const startServer = (
  args: ReadonlyArray<string>,
  { env, isQuiet = false }: StartOptions = {}
): Effect.Effect<RunningServer, never, Scope.Scope> =>
  Effect.flatMap(
    Effect.acquireRelease(
      Effect.sync(() =>
        keepOnLeash(
          spawn(process.execPath, args, {
            env: { ...process.env, ...env },
            stdio: ["ignore", "pipe", isQuiet ? "ignore" : "inherit"]
          })
        )
      ),
      (child) => Effect.promise(() => stop(child))
    ),
    (child) => Effect.promise(() => listening(child))
  )

/** The bare server. */
export const bareServer = startServer([file("./bareServer.ts")])

/** The bare server of pages, each from one GET of a Redis, whose keys are the paths. */
export const bareCachedServer = (redisPort: number) =>
  startServer([file("./bareCachedServer.ts"), String(redisPort)])

/** The HTTP door over a store that keeps nothing. */
export const forgetfulServer = (skuCount: number) =>
  startServer([...fromSource, file("./forgetfulServer.ts"), String(skuCount)])

/** The server that is deployed, as it was built, with further arguments of `holdfast serve`. */
export const deployedServer = (...args: ReadonlyArray<string>) =>
  startServer([
    fileURLToPath(new URL("bin/holdfast.js", import.meta.resolve("holdfast/package.json"))),
    "serve",
    "--port",
    "0",
    "--json",
    "--log-level",
    "error",
    ...args
  ])

/** The server that is deployed, with an inspector, telling of itself what its arguments and the variables say. */
export const observedServer = (
  inspectorPort: number,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>
) =>
  startServer(
    [
      `--inspect=127.0.0.1:${inspectorPort}`,
      fileURLToPath(new URL("bin/holdfast.js", import.meta.resolve("holdfast/package.json"))),
      ...["serve", "--port", "0", "--json", ...args]
    ],
    { env, isQuiet: true }
  )

/** A collector that takes everything and keeps nothing. */
export const collectorSink = startServer([file("./collectorSink.ts")])

/** What a server answered; of pages also the share that came from a cache. */
export interface Answered extends Sample {
  readonly hitShare?: number
}

const generate = async (options: GeneratorOptions): Promise<Answered> => {
  const args = [file("./loadGenerator.ts"), JSON.stringify(options)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout) as Answered
}

/** Asks a server for the length of a budget. */
export const askServer = (options: GeneratorOptions): Effect.Effect<Answered> =>
  Effect.promise(() => generate(options))

/** A server under load as a contender. */
export const httpContender = (
  name: string,
  { url }: RunningServer,
  ask: GeneratorOptions["ask"],
  connections: number
): Contender => ({
  name,
  turn: (budget: Budget) => askServer({ url, connections, budget, ask })
})

/** A server whose gRPC is under load as a contender: so many calls under way on one connection. */
export const grpcContender = (
  name: string,
  { grpc = "" }: RunningServer,
  skuCount: number,
  calls: number
): Contender => ({
  name,
  turn: (budget: Budget) =>
    Effect.promise(async () => {
      const options = { address: grpc, calls, budget, skuCount }
      const args = [...fromSource, file("./grpcGenerator.ts"), JSON.stringify(options)]
      const { stdout } = await promisify(execFile)(process.execPath, args)
      return JSON.parse(stdout) as Sample
    })
})

/** What a process holds in memory now, and the most that it has held, in megabytes. */
export interface Memory {
  readonly megabytes: number
  readonly peakMegabytes: number
}

const kilobytesOf = (status: string, name: string): number =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1])

/** The memory of a process; undefined where that cannot be read. */
export const memoryOf = (pid: number): Memory | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8")
    return {
      megabytes: kilobytesOf(status, "VmRSS") / 1024,
      peakMegabytes: kilobytesOf(status, "VmHWM") / 1024
    }
  } catch {
    return undefined
  }
}
