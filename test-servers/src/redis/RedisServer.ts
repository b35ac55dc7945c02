// A real Redis (or Valkey) for tests: alone, watched by sentinels, or as a cluster of three. It
// promises that each process
// - listens on 127.0.0.1 alone, on ports of its own that a restart keeps,
// - keeps its data through SIGTERM and SIGKILL, until it is stopped or asked to forget,
// - ends, and takes its data with it, when the process that started it ends, however that ends.
import { type ChildProcess, spawn } from "node:child_process"
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Redis } from "ioredis"
import { dataParent, freePort } from "../PostgresServer.ts"
import type { Certified } from "../tlsPostgres.ts"
import { environmentOf, redisInstallation } from "./redisInstallation.ts"

/** What a server is started with. Everything has a default that suits a test. */
export interface RedisOptions {
  readonly port?: number
  /** More settings, as in `redis.conf`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Lines of the configuration, for settings that stand there several times. */
  readonly lines?: ReadonlyArray<string>
  /** Speaks TLS on its port: its own certificate, and the authority of its clients'. */
  readonly tls?: Certified & { readonly ca: string }
  /** Watches other servers, and keeps no data. */
  readonly isSentinel?: boolean
}

/** A running server. Its default user needs no password, unless the settings say otherwise. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Sends one command on a connection of its own; the server must not want TLS or a password. */
  readonly call: (...words: ReadonlyArray<string>) => Promise<unknown>
  /** Ends it by SIGKILL; the data stays, for `restart`. */
  readonly kill9: () => Promise<void>
  /** Starts it again on the same port and data, with more settings where given. */
  readonly restart: (settings?: Readonly<Record<string, string>>) => Promise<void>
  /** Keeps what it has now aside, as a dump. */
  readonly keepDump: () => Promise<void>
  /** Puts the kept dump where a restart finds it, or nothing at all. It must be dead. */
  readonly forget: (to: "dump" | "nothing") => void
  /** Ends it and removes its data. A second call does nothing. */
  readonly stop: () => Promise<void>
}

/** Ends the server as the word on its standard input says; when input ends, the data goes too. */
const leash =
  '"$0" "$@" & p=$!; read -r word; kill -KILL $p; wait $p; [ -n "$word" ] || rm -rf "$HOLDFAST_HOME"'

interface Running {
  readonly shell: ChildProcess
  readonly exited: Promise<void>
}

const holdOpen = (shell: ChildProcess, hold: boolean) => {
  for (const handle of [shell, shell.stdin, shell.stdout] as ReadonlyArray<unknown>) {
    const it = handle as { ref(): void; unref(): void }
    if (hold) it.ref()
    else it.unref()
  }
}

const end = async ({ exited, shell }: Running, word: "kill" | ""): Promise<void> => {
  holdOpen(shell, true)
  shell.stdin?.end(word === "" ? "" : `${word}\n`)
  await exited
}

const isReady = /Ready to accept connections|\+monitor master/

const launch = (file: string, isSentinel: boolean, home: string) =>
  new Promise<Running>((resolve, reject) => {
    const { libraries, path } = redisInstallation()
    const words = [path, file, ...(isSentinel ? ["--sentinel"] : [])]
    const shell = spawn("sh", ["-c", leash, ...words], {
      cwd: home,
      env: { ...environmentOf(libraries), HOLDFAST_HOME: home },
      stdio: ["pipe", "pipe", "ignore"]
    })
    const exited = new Promise<void>((done) => shell.once("exit", () => done()))
    let log = ""
    let isUp = false
    shell.once("error", reject)
    shell.stdin?.on("error", () => undefined)
    shell.stdout?.setEncoding("utf8").on("data", (text: string) => {
      if (isUp) return
      log += text
      if (isReady.test(log)) {
        isUp = true
        // A test that forgets to stop its server must still be able to end; the leash does the rest.
        holdOpen(shell, false)
        resolve({ shell, exited })
      } else if (/FATAL|Fatal|Failed|# Could not/.test(log)) {
        shell.stdin?.end("kill\n")
      }
    })
    void exited.then(() => reject(new Error(`Redis did not start:\n${log}`)))
  })

const dump = "dump.rdb"

/** The configuration: a value may be empty, which is written as `""`. */
const configurationOf = (
  home: string,
  port: number,
  options: RedisOptions,
  more: Readonly<Record<string, string>>
): string => {
  const plain = options.tls === undefined ? { port: String(port) } : tlsSettings(home, port)
  const data = { save: "", dbfilename: dump, "enable-debug-command": "local" }
  const all = {
    ...{ bind: "127.0.0.1", dir: home, daemonize: "no", "protected-mode": "no" },
    ...plain,
    ...(options.isSentinel === true ? {} : data),
    ...options.settings,
    ...more
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} ${value === "" ? '""' : value}`)
  return `${[...lines, ...(options.lines ?? [])].join("\n")}\n`
}

const tlsSettings = (home: string, port: number) => ({
  port: "0",
  "tls-port": String(port),
  "tls-cert-file": join(home, "cert.pem"),
  "tls-key-file": join(home, "key.pem"),
  "tls-ca-cert-file": join(home, "ca.pem")
})

/** One command on a connection of its own. */
const callOn = async (port: number, words: ReadonlyArray<string>): Promise<unknown> => {
  const [command = "", ...rest] = words
  const client = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: null })
  client.on("error", () => undefined)
  try {
    await client.connect()
    return await client.call(command, ...rest)
  } finally {
    client.disconnect()
  }
}

/** Starts a server. Takes 20 to 100 ms; the first one on a machine brings Redis. */
export const startRedis = async (options: RedisOptions = {}): Promise<RedisServer> => {
  const port = options.port ?? (await freePort())
  const home = mkdtempSync(join(dataParent(false), "holdfast-redis-"))
  const file = join(home, "redis.conf")
  const { isSentinel = false, tls } = options
  if (tls !== undefined) {
    for (const [name, text] of Object.entries(tls)) writeFileSync(join(home, `${name}.pem`), text)
  }
  const start = (more: Readonly<Record<string, string>>) => {
    writeFileSync(file, configurationOf(home, port, options, more))
    return launch(file, isSentinel, home)
  }
  let running: Running | undefined
  const stop = async () => {
    if (running !== undefined) await end(running, "")
    running = undefined
    rmSync(home, { recursive: true, force: true })
  }
  try {
    running = await start({})
  } catch (cause) {
    await stop()
    throw cause
  }
  const kept = join(home, "kept.rdb")
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    call: (...words) => callOn(port, words),
    kill9: async () => {
      if (running !== undefined) await end(running, "kill")
      running = undefined
    },
    restart: async (settings = {}) => {
      running ??= await start(settings)
    },
    keepDump: async () => {
      await callOn(port, ["SAVE"])
      copyFileSync(join(home, dump), kept)
    },
    forget: (to) => {
      for (const name of readdirSync(home)) {
        if (/^(dump|append|temp)/.test(name)) rmSync(join(home, name), { recursive: true })
      }
      if (to === "dump" && existsSync(kept)) copyFileSync(kept, join(home, dump))
    },
    stop
  }
}
