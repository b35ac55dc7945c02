// A real Apache Kafka (KRaft mode), as one node or as three, for tests and benchmarks. It promises
// that each node
// - listens on 127.0.0.1 alone, on ports of its own that a restart keeps,
// - keeps its data through SIGTERM and SIGKILL, until the server is stopped,
// - ends, and takes its data with it, when the process that started it ends, however that ends.
// Time-outs between nodes are short, so that a failover takes seconds.
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { dataParent, freePort } from "../PostgresServer.ts"
import { type KafkaInstallation, kafkaInstallation } from "./kafkaInstallation.ts"

/** What a server is started with. Everything has a default that suits a test. */
export interface KafkaOptions {
  /** How many nodes: 1, or 3 that replicate to each other. */
  readonly nodes?: 1 | 3
  /** More settings of every node, as in `server.properties`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Settings that add to the listeners of a node, which are given. */
  readonly listening?: (listeners: string) => Readonly<Record<string, string>>
  /** A listener where clients say who they are, and rights; see `kafkaUsers`. */
  readonly users?: boolean
  /** The port that clients are sent to, when a proxy stands before a single node. */
  readonly advertisedPort?: number
  /** The port of a single node; a free one unless given. */
  readonly port?: number
}

/** The users of a server that has them: one who may do everything, and one who may do nothing. */
export const kafkaUsers = {
  owner: { username: "owner", password: "owner-secret" },
  guest: { username: "guest", password: "guest-secret" }
}

/** A node. After `terminate` and `kill9` its data stays, for `restart`. */
export interface KafkaNode {
  readonly port: number
  /** Ends the node in good order, by SIGTERM. */
  readonly terminate: () => Promise<void>
  /** Ends the node by SIGKILL. */
  readonly kill9: () => Promise<void>
  /** Starts the node again on the same data and ports. */
  readonly restart: () => Promise<void>
}

/** A running server of one node or several. */
export interface KafkaServer {
  /** Where clients begin: `127.0.0.1:port` of each node. */
  readonly brokers: ReadonlyArray<string>
  /** The same for clients that say who they are, when the server has users. */
  readonly userBrokers: ReadonlyArray<string>
  readonly nodes: ReadonlyArray<KafkaNode>
  /** The folder of each node, with its settings and its data. */
  readonly homes: ReadonlyArray<string>
  /** Ends every node and removes the data. A second call does nothing. */
  readonly stop: () => Promise<void>
}

/** Ends the node as the word on its standard input says; when input ends, the data goes too. */
const leash =
  '"$0" "$@" & p=$!; read -r word; [ "$word" = terminate ] && kill -TERM $p || kill -KILL $p; ' +
  'wait $p; [ -n "$word" ] || rm -rf "$HOLDFAST_HOME"'

interface Running {
  readonly shell: ChildProcess
  readonly exited: Promise<void>
}

/** Says whether a running node keeps this process from ending by itself. */
const holdOpen = (shell: ChildProcess, hold: boolean) => {
  for (const handle of [shell, shell.stdin, shell.stdout] as ReadonlyArray<unknown>) {
    const it = handle as { ref(): void; unref(): void }
    if (hold) it.ref()
    else it.unref()
  }
}

const end = async ({ exited, shell }: Running, word: "terminate" | "kill" | ""): Promise<void> => {
  holdOpen(shell, true)
  shell.stdin?.end(`${word}\n`)
  await exited
}

const logCharactersMax = 20_000

const launch = (java: string, words: ReadonlyArray<string>, home: string) =>
  new Promise<Running>((resolve, reject) => {
    const shell = spawn("sh", ["-c", leash, java, ...words], {
      cwd: home,
      env: { HOLDFAST_HOME: home, PATH: process.env.PATH ?? "" },
      // Java's own warnings are no lines of the server.
      stdio: ["pipe", "pipe", "ignore"]
    })
    const exited = new Promise<void>((done) => shell.once("exit", () => done()))
    const running = { shell, exited }
    let log = ""
    let ready = false
    shell.once("error", reject)
    shell.stdin?.on("error", () => undefined)
    shell.stdout?.setEncoding("utf8").on("data", (text: string) => {
      if (ready) return
      log = (log + text).slice(-logCharactersMax)
      if (log.includes("Kafka Server started")) {
        ready = true
        // A test that forgets to stop its server must still be able to end; the leash does the rest.
        holdOpen(shell, false)
        resolve(running)
      } else if (/^(FATAL|ERROR Exiting)/m.test(log)) {
        void end(running, "kill")
      }
    })
    void exited.then(() => reject(new Error(`Apache Kafka did not start:\n${log}`)))
  })

/** Sixteen random bytes. A word that begins with "-" would be taken for a flag. */
const newClusterId = (): string => {
  const id = randomBytes(16).toString("base64url")
  return id.startsWith("-") ? newClusterId() : id
}

interface Ports {
  readonly broker: number
  readonly controller: number
  readonly users: number
}

const newPorts = async (broker?: number): Promise<Ports> => ({
  broker: broker ?? (await freePort()),
  controller: await freePort(),
  users: await freePort()
})

const userSettings = (): Readonly<Record<string, string>> => {
  const { guest, owner } = kafkaUsers
  const plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
  const passwords = [owner, guest].map(({ password, username }) => `user_${username}="${password}"`)
  return {
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    "listener.name.users.plain.sasl.jaas.config": `${plain} required ${passwords.join(" ")};`,
    "listener.name.users.scram-sha-256.sasl.jaas.config": `${scram} required;`,
    "listener.name.users.scram-sha-512.sasl.jaas.config": `${scram} required;`,
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": `User:ANONYMOUS;User:${owner.username}`
  }
}

const scramWords = (): ReadonlyArray<string> =>
  ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) =>
    Object.values(kafkaUsers).flatMap(({ password, username }) => [
      "--add-scram",
      `${mechanism}=[name=${username},password=${password}]`
    ])
  )

const settingsOf = (
  id: number,
  home: string,
  all: ReadonlyArray<Ports>,
  options: KafkaOptions
): Readonly<Record<string, string>> => {
  const ports = all[id - 1] ?? { broker: 0, controller: 0, users: 0 }
  const replicas = String(all.length)
  const inSync = String(Math.ceil(all.length / 2))
  const users = options.users === true
  const listeners = [`PLAINTEXT://127.0.0.1:${ports.broker}`]
  if (users) listeners.push(`USERS://127.0.0.1:${ports.users}`)
  const [first = "", ...others] = listeners
  const own = [...listeners, `CONTROLLER://127.0.0.1:${ports.controller}`].join(",")
  const advertised = [first.replace(/\d+$/, String(options.advertisedPort ?? ports.broker))]
  return {
    "process.roles": "broker,controller",
    "node.id": String(id),
    "controller.quorum.voters": all
      .map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller}`)
      .join(","),
    listeners: own,
    "advertised.listeners": [...advertised, ...others].join(","),
    "listener.security.protocol.map":
      "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,USERS:SASL_PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": join(home, "data"),
    "auto.create.topics.enable": "false",
    "default.replication.factor": replicas,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": replicas,
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": inSync,
    "group.initial.rebalance.delay.ms": "0",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "log.cleaner.backoff.ms": "1000",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "controller.quorum.fetch.timeout.ms": "1500",
    "controller.quorum.election.timeout.ms": "500",
    "leader.imbalance.check.interval.seconds": "5",
    ...(users ? userSettings() : {}),
    ...options.listening?.(own),
    ...options.settings
  }
}

const propertiesOf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("")

/** A node's place, formatted, and the way to start it there. */
const placeNode = async (
  installation: KafkaInstallation,
  clusterId: string,
  id: number,
  ports: ReadonlyArray<Ports>,
  options: KafkaOptions
) => {
  const { archive, java, words } = installation
  const home = mkdtempSync(join(dataParent(false), "holdfast-kafka-"))
  const properties = join(home, "server.properties")
  writeFileSync(properties, propertiesOf(settingsOf(id, home, ports, options)))
  const { size = 0 } = statSync(archive, { throwIfNoEntry: false }) ?? {}
  const shared = size > 0 ? [`-XX:SharedArchiveFile=${archive}`] : []
  const start = [...shared, ...words]
  const format = ["kafka.tools.StorageTool", "format", "-t", clusterId, "-c", properties]
  const users = options.users === true ? scramWords() : []
  await promisify(execFile)(java, [...start, ...format, ...users], { cwd: home }).catch((cause) => {
    rmSync(home, { recursive: true, force: true })
    throw cause
  })
  return {
    home,
    launch: (...more: ReadonlyArray<string>) =>
      launch(java, [...more, ...start, "kafka.Kafka", properties], home)
  }
}

/**
 * Writes the archive of classes, which shortens every later start. Some Javas write none: an empty
 * file keeps the next start from trying again.
 */
const makeArchive = async (installation: KafkaInstallation): Promise<void> => {
  if (existsSync(installation.archive)) return
  const draft = `${installation.archive}-${process.pid}`
  const node = await placeNode(installation, newClusterId(), 1, [await newPorts()], {})
  await end(await node.launch(`-XX:ArchiveClassesAtExit=${draft}`), "terminate")
  rmSync(node.home, { recursive: true, force: true })
  if (!existsSync(draft)) writeFileSync(draft, "")
  renameSync(draft, installation.archive)
}

/** Brings what a server is started from, where it is not there yet. */
export const prepareKafka = async (): Promise<KafkaInstallation> => {
  const installation = await kafkaInstallation()
  await makeArchive(installation)
  return installation
}

/** Starts a server. Takes 2 to 8 s; the first one on a machine brings Kafka, and takes longer. */
export const startKafka = async (options: KafkaOptions = {}): Promise<KafkaServer> => {
  const installation = await prepareKafka()
  const ports: Array<Ports> = []
  for (let id = 1; id <= (options.nodes ?? 1); id++) ports.push(await newPorts(options.port))
  const clusterId = newClusterId()
  const places = await Promise.all(
    ports.map((_, index) => placeNode(installation, clusterId, index + 1, ports, options))
  )
  const running: Array<Running | undefined> = []
  const removeAll = () => {
    for (const { home } of places) rmSync(home, { recursive: true, force: true })
  }
  const stop = async () => {
    const nodes = running.splice(0)
    await Promise.all(nodes.map((node) => (node === undefined ? undefined : end(node, ""))))
    removeAll()
  }
  const starts = await Promise.allSettled(places.map((place) => place.launch()))
  for (const start of starts) if (start.status === "fulfilled") running.push(start.value)
  const failed = starts.find((start) => start.status === "rejected")
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  const endBy = (index: number, word: "terminate" | "kill") => async () => {
    const node = running[index]
    running[index] = undefined
    if (node !== undefined) await end(node, word)
  }
  return {
    brokers: ports.map(({ broker }) => `127.0.0.1:${options.advertisedPort ?? broker}`),
    userBrokers: options.users === true ? ports.map(({ users }) => `127.0.0.1:${users}`) : [],
    nodes: ports.map(({ broker }, index) => ({
      port: broker,
      terminate: endBy(index, "terminate"),
      kill9: endBy(index, "kill"),
      restart: async () => {
        if (running[index] === undefined) running[index] = await places[index]?.launch()
      }
    })),
    homes: places.map(({ home }) => home),
    stop
  }
}
