/**
 * The shop of the committed manifests in a cluster of this machine: two databases with the roles of the docs, the
 * secrets, the migrations as Jobs, then everything else; and an address for each Service.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { holdfast } from "../../packages/server/test/ServerProcess.ts"
import {
  backupTools,
  type PostgresServer,
  runOn,
  startPostgres
} from "../../test-servers/src/index.ts"
import { type Resource, resourcesIn, textOf } from "../deploy/manifests.ts"
import type { Image } from "./container.ts"
import { type ControlPlane, startControlPlane } from "./controlPlane.ts"
import { makeImages } from "./images.ts"
import { type Kubelet, loopbackOf, startKubelet } from "./kubelet.ts"
import { type Served, type ServiceProxy, startServiceProxy } from "./serviceProxy.ts"

const namespace = "holdfast"

/** The manifests that the drill applies. */
export const manifests = "deploy/kubernetes/minikube.yaml"

const services = ["product", "inventory"] as const
type ServiceName = (typeof services)[number]

/** Where each Service is on this machine. */
const addressOf: Readonly<Record<ServiceName, string>> = {
  product: "127.0.2.1",
  inventory: "127.0.2.2"
}
const portOfServices = 3_000

/** How long a Job may take on a busy machine. */
const jobMillisMax = 300_000

/** Where a Service is asked. */
export const urlOf = (service: ServiceName): string =>
  `http://${addressOf[service]}:${portOfServices}`

/** A database with its owner, the role that serves and the one that makes backups. */
export const openDatabase = async (name: string): Promise<PostgresServer> => {
  const server = await startPostgres({ settings: { summarize_wal: "on" } })
  for (const role of [
    "owner login password 'of the owner'",
    "holdfast login password 'of who serves'",
    "holdfast_backup login replication password 'of backups'"
  ]) {
    await runOn(server.url(), `create role ${role}`)
  }
  await runOn(server.url(), `create database ${name} owner owner`)
  await using tools = backupTools()
  const setup = join(tools.place, "setup.sql")
  writeFileSync(setup, textOf("deploy/backup/setup.sql"), { mode: 0o644 })
  const { code, output } = await tools.run("psql", [
    ...["--quiet", "--set=ON_ERROR_STOP=1", "--set=role=holdfast_backup"],
    ...[`--file=${setup}`, server.url(name).replace("postgres@", "owner@")]
  ])
  if (code !== 0) throw new Error(output)
  return server
}

/** The URL of a role of a database. */
export const urlFor = (server: PostgresServer, name: string, role: string, password: string) =>
  `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${name}`

/** A shop that runs. */
export interface Shop extends AsyncDisposable {
  readonly plane: ControlPlane
  readonly kubelet: Kubelet
  readonly proxy: ServiceProxy
  /** The databases, by the names of their services. */
  readonly databases: ReadonlyMap<ServiceName, PostgresServer>
  /** A key that may do what the load does. */
  readonly key: (service: ServiceName) => string
  /** Waits until a Job has done its work; rejects with what it printed when a pod of it fails. */
  readonly untilComplete: (job: string) => Promise<void>
  /** Asks the API whether it would take resources, in a namespace of their own, and changes nothing. */
  readonly tryOut: (name: string, resources: ReadonlyArray<Resource>) => Promise<void>
  /** Warnings of the API, such as those of Pod Security. */
  readonly warnings: ReadonlyArray<string>
}

const ofDatabase = (server: PostgresServer, name: ServiceName) => ({
  serving: urlFor(server, name, "holdfast", "of who serves"),
  owning: urlFor(server, name, "owner", "of the owner"),
  replicating: urlFor(server, name, "holdfast_backup", "of backups")
})

const makeKey = async (url: string, name: string, scopes: string): Promise<string> => {
  const { code, stderr, stdout } = await holdfast([
    ...["keys", "create", "--json", "--database", url, "--name", name, "--scopes", scopes]
  ])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout).key
}

/** A volume of the machine for each claim, as a class of storage would make them. */
const volumeFor = (claim: Resource, folder: string): Resource => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: claim.metadata.name },
  spec: {
    capacity: { storage: claim.spec.resources.requests.storage },
    accessModes: claim.spec.accessModes,
    hostPath: { path: join(folder, claim.metadata.name) },
    claimRef: { namespace, name: claim.metadata.name }
  }
})

const isOneOf =
  (...kinds: ReadonlyArray<string>) =>
  ({ kind }: Resource) =>
    kinds.includes(kind)

const isWork = isOneOf("Job", "Deployment", "CronJob")

/** Opens the shop: resolves when every Deployment is as it should be. */
export const openShop = async (
  say: (line: string) => void,
  proxyLateMillis: number
): Promise<Shop> => {
  await using stack = new AsyncDisposableStack()
  const place = mkdtempSync(join(tmpdir(), "holdfast-shop-"))
  chmodSync(place, 0o755)
  stack.defer(() => rmSync(place, { recursive: true, force: true }))
  const images = stack.use(
    makeImages(services.map((service) => `${addressOf[service]} holdfast-${service}`))
  )
  const databases = new Map<ServiceName, PostgresServer>()
  for (const service of services) {
    const server = await openDatabase(service)
    stack.defer(() => server.stop())
    databases.set(service, server)
  }
  const databaseOf = (service: ServiceName) => {
    const server = databases.get(service)
    if (server === undefined) throw new Error(`there is no database of ${service}`)
    return ofDatabase(server, service)
  }

  const plane = stack.use(await startControlPlane())
  say(
    `control plane ${plane.version} up in ${(plane.startMillis / 1_000).toFixed(1)} s: etcd, API server, controllers, scheduler`
  )
  const { api, kubectl } = plane
  const warnings: Array<string> = []
  const applyIn = async (
    space: string,
    resources: ReadonlyArray<Resource>,
    ...words: ReadonlyArray<string>
  ) => {
    const file = join(place, "applied.json")
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: resources }))
    const strictly = ["apply", "--server-side", "--validate=strict", "--filename", file]
    const { stderr } = await kubectl("--namespace", space, ...strictly, ...words)
    warnings.push(...stderr.split("\n").filter((line) => line.startsWith("Warning")))
  }
  const apply = (resources: ReadonlyArray<Resource>) => applyIn(namespace, resources)
  const restricted = ["enforce", "warn"].map((how) => [
    `pod-security.kubernetes.io/${how}`,
    "restricted"
  ])
  const makeSpace = (name: string) =>
    api.post("/api/v1/namespaces", {
      ...{ apiVersion: "v1", kind: "Namespace" },
      metadata: { name, labels: Object.fromEntries(restricted) }
    })
  await makeSpace(namespace)

  const imageOf = (name: string): Image | undefined =>
    /\/holdfast-backup:0\.0\.0$/.test(name)
      ? images.backup
      : /\/holdfast:0\.0\.0$/.test(name)
        ? images.server
        : undefined
  const kubelet = stack.use(await startKubelet({ api, namespace, imageOf, claims: place }))
  const served: ReadonlyArray<Served> = services.map((service) => ({
    ...{ service: `holdfast-${service}`, portName: "http" },
    ...{ address: addressOf[service], port: portOfServices }
  }))
  const proxy = stack.use(
    await startServiceProxy({ api, namespace, served, lateMillis: proxyLateMillis, loopbackOf })
  )

  const untilComplete: Shop["untilComplete"] = async (job) => {
    const startedAt = performance.now()
    for (;;) {
      const { status } = await api.get(`/apis/batch/v1/namespaces/${namespace}/jobs/${job}`)
      if ((status.succeeded ?? 0) > 0) return
      const isLate = performance.now() - startedAt > jobMillisMax
      if ((status.failed ?? 0) > 0 || isLate) {
        const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=job-name%3D${job}`
        const { items } = await api.get(path)
        const printed = items.map(({ metadata }: Resource) => kubelet.output(metadata.name))
        throw new Error(`${job} ${isLate ? "is late" : "failed"}:\n${printed.join("\n")}`)
      }
      await pause(100)
    }
  }

  const all = resourcesIn(textOf(manifests))
  const secret = (name: string, key: string, value: string): Resource => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `holdfast-${name}` },
    stringData: { [key]: value }
  })
  await apply(
    services.flatMap((service) => {
      const { owning, replicating, serving } = databaseOf(service)
      return [
        secret(`${service}-database`, "url", serving),
        secret(`${service}-migrator`, "url", owning),
        secret(`${service}-backup`, "url", replicating)
      ]
    })
  )
  await apply([
    ...all.filter(isOneOf("PersistentVolumeClaim")).map((claim) => volumeFor(claim, place)),
    ...all.filter((resource) => !isWork(resource))
  ])
  const migratedAt = performance.now()
  const jobs = all.filter(isOneOf("Job"))
  await apply(jobs)
  for (const { metadata } of jobs) await untilComplete(metadata.name)
  say(
    `${jobs.length} migrations by Jobs in ${((performance.now() - migratedAt) / 1_000).toFixed(1)} s`
  )
  // Each service shows a key that the other one knows, as DEPLOYING says.
  const shownBy = {
    product: await makeKey(
      databaseOf("inventory").owning,
      "products",
      "stock:read,reservations:read,events:read"
    ),
    inventory: await makeKey(databaseOf("product").owning, "stock", "catalog:read")
  }
  const keys = {
    inventory: await makeKey(
      databaseOf("inventory").owning,
      "the load",
      "stock:read,stock:write,reservations:read,reservations:write"
    ),
    product: await makeKey(databaseOf("product").owning, "the load", "catalog:read,catalog:write")
  }
  await apply(services.map((service) => secret(`${service}-service-key`, "key", shownBy[service])))
  await apply(all.filter(isOneOf("Deployment", "CronJob")))
  const opened = stack.move()
  return {
    ...{ plane, kubelet, proxy, databases, untilComplete, warnings },
    tryOut: async (name, resources) => {
      await makeSpace(name)
      await applyIn(name, resources, "--dry-run=server")
    },
    key: (service) => keys[service],
    [Symbol.asyncDispose]: () => opened.disposeAsync()
  }
}
