// Three nodes of Patroni with a synchronous standby, etcd beside them, and haproxy before them, which asks each node
// whether it leads. A node is a namespace of processes, so it can be lost whole, at once.
import { spawn } from "node:child_process"
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { keepOnLeash } from "../keepOnLeash.ts"
import { freePort, identity } from "../PostgresServer.ts"
import { readableTools } from "../recovery/backupTools.ts"
import { type RunningProgram, runProgram } from "../runProgram.ts"
import { runOn } from "../sharedServers.ts"
import { type BackgroundProgram, inBackground } from "../watching/background.ts"
import { patroniTools } from "./patroniTools.ts"

/** A member of the cluster, as its API has it. */
export interface PatroniMember {
  readonly name: string
  readonly role: "leader" | "sync_standby" | "replica" | (string & {})
  readonly state: string
}

/** A running cluster. */
export interface PatroniCluster extends AsyncDisposable {
  /** Through haproxy, which sends everything to the leader. */
  readonly balancedUrl: string
  /** Every node, for who finds the leader by itself. */
  readonly allUrl: string
  readonly leader: () => Promise<string | undefined>
  readonly urlOf: (name: string) => string
  /** Waits until there is a leader, and all others stream from it, one of them synchronously. */
  readonly untilWhole: () => Promise<void>
  /** Ends every process of a node at once, as when its machine is lost. */
  readonly lose: (name: string) => Promise<void>
  /** Starts it again on its data. */
  readonly bringBack: (name: string) => void
  /** Lets another node lead, in good order. */
  readonly switchOver: () => Promise<void>
}

interface Node {
  readonly name: string
  readonly port: number
  readonly apiPort: number
  readonly configuration: string
  running: PatroniProcess | undefined
}

interface PatroniProcess {
  readonly log: () => string
  readonly kill: (signal: NodeJS.Signals) => Promise<void>
}

/** How fast a lost leader is noticed: its key lives for `ttl` seconds, and is renewed every `loop_wait`. */
export const patroniTimes = { ttl: 20, loop_wait: 5, retry_timeout: 5 } as const

const wholeMillisMax = 180_000

/** Signals the first process of a namespace; SIGKILL ends all that are in it. */
const startInNamespace = (
  words: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  cwd: string
): PatroniProcess => {
  const { gid = 0, uid = 0 } = identity()
  const user = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"]
  const child = keepOnLeash(
    spawn("unshare", ["--mount", "--pid", "--fork", "--mount-proc", "setpriv", ...user, ...words], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true
    }),
    { withChildren: true }
  )
  let said = ""
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-65_536)
    })
  }
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve()).once("error", () => resolve())
  })
  return {
    log: () => said,
    kill: async (signal) => {
      // Its number may be somebody else's by now.
      if (child.exitCode !== null || child.signalCode !== null) return
      try {
        const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")
        for (const pid of children.split(" ").filter((text) => text.trim() !== "")) {
          process.kill(Number(pid), signal)
        }
      } catch {
        // It is gone already.
      }
      await ended
    }
  }
}

const trusted = ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]

const configurationOf = (
  place: string,
  {
    apiPort,
    etcdPort,
    name,
    port
  }: Record<"apiPort" | "etcdPort" | "port", number> & {
    readonly name: string
  }
) => ({
  ...{ scope: "shop", name, log: { level: "INFO" } },
  restapi: { listen: `127.0.0.1:${apiPort}`, connect_address: `127.0.0.1:${apiPort}` },
  etcd3: { host: `127.0.0.1:${etcdPort}` },
  bootstrap: {
    dcs: {
      ...patroniTimes,
      synchronous_mode: true,
      maximum_lag_on_failover: 1_048_576,
      postgresql: {
        ...{ use_pg_rewind: true, use_slots: true },
        // Nothing is left outside of the data, however a node ends.
        parameters: { dynamic_shared_memory_type: "mmap", max_connections: 200 }
      }
    },
    initdb: [{ encoding: "UTF8" }, { locale: "C" }, { auth: "trust" }, "data-checksums"]
  },
  postgresql: {
    ...{ listen: `127.0.0.1:${port}`, connect_address: `127.0.0.1:${port}` },
    ...{ data_dir: join(place, name), bin_dir: readableTools(), pgpass: join(place, `.${name}`) },
    parameters: { unix_socket_directories: "" },
    pg_hba: trusted,
    authentication: {
      superuser: { username: "postgres", password: "of-the-drill" },
      replication: { username: "replicator", password: "of-the-drill" },
      rewind: { username: "rewinder", password: "of-the-drill" }
    }
  }
})

const haproxyBefore = (port: number, nodes: ReadonlyArray<Node>) => `
global
  maxconn 500
defaults
  mode tcp
  timeout connect 2s
  timeout client 120s
  timeout server 120s
  timeout check 2s
listen primary
  bind 127.0.0.1:${port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${nodes.map(({ apiPort, name, port }) => `  server ${name} 127.0.0.1:${port} check port ${apiPort}`).join("\n")}
`

const startEtcd = async (path: string, place: string): Promise<[BackgroundProgram, number]> => {
  const [port, peerPort] = [await freePort(), await freePort()]
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`]
  const program = inBackground(path, [
    ...["--name=drill", `--data-dir=${join(place, "etcd")}`, "--log-level=error"],
    ...[`--listen-client-urls=${clientUrl}`, `--advertise-client-urls=${clientUrl}`],
    ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
    `--initial-cluster=drill=${peerUrl}`
  ])
  return [program, port]
}

/** Starts a cluster; resolves when it is whole. */
export const startPatroniCluster = async (): Promise<PatroniCluster> => {
  const tools = patroniTools()
  const place = mkdtempSync(join(tmpdir(), "holdfast-cluster-of-patroni-"))
  const { gid = 0, uid = 0 } = identity()
  chownSync(place, uid, gid)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(place, { recursive: true, force: true }))
  mkdirSync(join(place, "etcd"), { mode: 0o700 })
  const [etcd, etcdPort] = await startEtcd(tools.etcd, place)
  stack.use(etcd)
  const nodes: Array<Node> = []
  for (const name of ["a", "b", "c"]) {
    const [port, apiPort] = [await freePort(), await freePort()]
    const file = join(place, `${name}.json`)
    const configuration = configurationOf(place, { name, port, apiPort, etcdPort })
    writeFileSync(file, JSON.stringify(configuration), { mode: 0o644 })
    nodes.push({ name, port, apiPort, configuration: file, running: undefined })
  }
  const begin = (node: Node) => {
    const env = {
      ...{ PYTHONPATH: tools.modules, PYTHONUNBUFFERED: "1", HOME: place, LC_ALL: "C.UTF-8" },
      PATH: `${readableTools()}:/usr/sbin:/usr/bin:/sbin:/bin`
    }
    const words = [tools.python, "-m", "patroni", node.configuration]
    node.running = startInNamespace(words, env, place)
  }
  const nodeOf = (name: string): Node => {
    const node = nodes.find((it) => it.name === name)
    if (node === undefined) throw new Error(`there is no node ${name}`)
    return node
  }
  stack.defer(async () => {
    // All at once, or each would let the next one lead.
    await Promise.all(nodes.map(({ running }) => running?.kill("SIGKILL")))
  })
  for (const node of nodes) begin(node)
  const ask = async (): Promise<ReadonlyArray<PatroniMember>> => {
    for (const { apiPort, running } of nodes) {
      if (running === undefined) continue
      const signal = AbortSignal.timeout(2_000)
      const members = await fetch(`http://127.0.0.1:${apiPort}/cluster`, { signal }).then(
        async (response) => ((await response.json()) as { members: Array<PatroniMember> }).members,
        () => undefined
      )
      if (members !== undefined) return members
    }
    return []
  }
  const untilWhole = async () => {
    const startedAt = performance.now()
    for (;;) {
      const members = await ask()
      const roles = members.map(({ role }) => role)
      const isWhole =
        members.length === nodes.length &&
        roles.includes("leader") &&
        roles.includes("sync_standby") &&
        members.every(({ role, state }) => state === (role === "leader" ? "running" : "streaming"))
      if (isWhole) return
      if (performance.now() - startedAt > wholeMillisMax) {
        const logs = nodes.map(({ running }) => running?.log().slice(-1_500)).join("\n--\n")
        throw new Error(`the cluster is not whole: ${JSON.stringify(members)}\n${logs}`)
      }
      await pause(200)
    }
  }
  await untilWhole()
  const port = await freePort()
  const haproxy: RunningProgram = await runProgram("haproxy", port, haproxyBefore(port, nodes), [
    ...["-db", "-f"]
  ])
  stack.use(haproxy)
  const balancedUrl = `postgres://postgres@127.0.0.1:${port}/postgres`
  // It takes every node for a leader until it has asked each: as many connections as there are nodes show that.
  const isLed = async () => {
    for (const _ of nodes) {
      const [row] = await runOn(balancedUrl, "select pg_is_in_recovery() as follows")
      if (row?.["follows"] !== false) return false
    }
    return true
  }
  while (!(await isLed().catch(() => false))) await pause(100)
  const leader = async () => (await ask()).find(({ role }) => role === "leader")?.name
  const opened = stack.move()
  return {
    ...{ balancedUrl, leader, untilWhole },
    allUrl: `postgres://postgres@${nodes.map((node) => `127.0.0.1:${node.port}`).join(",")}/postgres`,
    urlOf: (name) => `postgres://postgres@127.0.0.1:${nodeOf(name).port}/postgres`,
    lose: async (name) => {
      const node = nodeOf(name)
      await node.running?.kill("SIGKILL")
      node.running = undefined
    },
    bringBack: (name) => begin(nodeOf(name)),
    switchOver: async () => {
      const name = await leader()
      const { apiPort } = nodeOf(name ?? "")
      const response = await fetch(`http://127.0.0.1:${apiPort}/switchover`, {
        method: "POST",
        body: JSON.stringify({ leader: name })
      })
      if (!response.ok) throw new Error(`no switchover: ${await response.text()}`)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync()
  }
}
