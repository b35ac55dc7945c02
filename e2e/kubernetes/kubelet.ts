/**
 * A kubelet for all nodes of a small cluster: it starts the pods that the scheduler has placed as processes of this
 * machine, tells the API how they are, and ends those that are deleted. Pods report addresses of a cluster, since
 * the API takes no loopback ones; each has its own loopback address behind it.
 */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import type { Resource } from "../deploy/manifests.ts"
import { type Api, ApiRefusal } from "./api.ts"
import type { Image } from "./container.ts"
import { type RunningPod, startPod } from "./pod.ts"
import { userOf, type Volume, volumesOf } from "./podSpec.ts"
import { statusOf } from "./probing.ts"

/** The nodes of the cluster: one in each of three zones. */
export const nodeNames = ["node-a", "node-b", "node-c"] as const

/** The loopback address behind the address of a pod. */
export const loopbackOf = (ip: string): string => ip.replace(/^10\.244\.0\./, "127.0.1.")

/** A running kubelet. */
export interface Kubelet extends AsyncDisposable {
  /** What a pod printed, by its name; the last of those that are gone, too. */
  readonly output: (name: string) => string
  /** Pods that were started so far. */
  readonly started: () => number
}

/** What a kubelet is started with. */
export interface KubeletOptions {
  readonly api: Api
  readonly namespace: string
  readonly imageOf: (name: string) => Image | undefined
  /** Where claims lie; each is a folder. */
  readonly claims: string
}

const lookMillis = 150

const nodeNamed = (name: string): Resource => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name,
    labels: {
      "kubernetes.io/hostname": name,
      "kubernetes.io/os": "linux",
      "topology.kubernetes.io/zone": name.replace("node", "zone")
    }
  }
})

/** Says that nodes are there, and what they have. */
const register = async (api: Api): Promise<void> => {
  const room = { cpu: "8", memory: "16Gi", pods: "50", "ephemeral-storage": "50Gi" }
  const now = new Date().toISOString()
  for (const name of nodeNames) {
    await api.post("/api/v1/nodes", nodeNamed(name))
    await api.merge(`/api/v1/nodes/${name}/status`, {
      status: {
        ...{ capacity: room, allocatable: room },
        conditions: [
          {
            ...{ type: "Ready", status: "True", reason: "KubeletReady", message: "ready" },
            ...{ lastHeartbeatTime: now, lastTransitionTime: now }
          }
        ]
      }
    })
  }
}

/** Makes the folder of a volume. */
export const makeVolume = async (
  volume: Volume,
  { folder, group, user }: { folder: string; group: number; user: number },
  secretOf: (name: string) => Promise<Readonly<Record<string, string>>>
): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  if (volume.kind === "secret") {
    for (const { key, path, secret } of volume.items) {
      const value = (await secretOf(secret))[key]
      if (value === undefined) throw new Error(`the secret ${secret} has no ${key}`)
      const file = join(folder, path)
      writeFileSync(file, Buffer.from(value, "base64"))
      chownSync(file, 0, group)
      chmodSync(file, volume.mode)
    }
    chmodSync(folder, 0o755)
    return
  }
  // As `fsGroup` has it: the group may write.
  chownSync(folder, user, group)
  chmodSync(folder, 0o2770)
}

interface Known {
  readonly pod: Resource
  readonly running: RunningPod
  readonly number: number
  readonly folder: string
  isDirty: boolean
  isStopping: boolean
}

const hasEnded = ({ status }: Resource) =>
  status?.phase === "Succeeded" || status?.phase === "Failed"

/** Starts a kubelet, with its nodes. */
export const startKubelet = async (options: KubeletOptions): Promise<Kubelet> => {
  const { api, claims, imageOf, namespace } = options
  const place = mkdtempSync(join(tmpdir(), "holdfast-kubelet-"))
  chmodSync(place, 0o755)
  const pods = `/api/v1/namespaces/${namespace}/pods`
  const known = new Map<string, Known>()
  const printed = new Map<string, string>()
  let started = 0
  let isOver = false
  await register(api)

  const secretOf = async (name: string) =>
    (await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`)).data

  let lastNumber = 0
  /** Not one that was free just now: who has not heard yet that its pod is gone would ask the next one. */
  const freeNumber = (): number => {
    const taken = new Set([...known.values()].map(({ number }) => number))
    do lastNumber = (lastNumber % 250) + 1
    while (taken.has(lastNumber))
    return lastNumber
  }

  const start = (pod: Resource) => {
    const { name, uid } = pod.metadata
    const number = freeNumber()
    const folder = join(place, uid)
    const folders = async () => {
      const made = new Map<string, string>()
      for (const [volumeName, volume] of volumesOf(pod)) {
        const at = volume.kind === "claim" ? join(claims, volume.claim) : join(folder, volumeName)
        await makeVolume(volume, { folder: at, ...userOf(pod) }, secretOf)
        made.set(volumeName, at)
      }
      return made
    }
    const onChange = () => {
      const it = known.get(uid)
      if (it !== undefined) it.isDirty = true
    }
    started += 1
    const running = startPod(pod, { address: `127.0.1.${number}`, imageOf, folders, onChange })
    known.set(uid, { pod, running, number, folder, isDirty: true, isStopping: false })
    printed.set(name, "")
  }

  const forget = async (uid: string, it: Known) => {
    printed.set(it.pod.metadata.name, it.running.output())
    await it.running[Symbol.asyncDispose]()
    rmSync(it.folder, { recursive: true, force: true })
    known.delete(uid)
  }

  /** Ends a pod that was deleted, and then says that it is gone. */
  const end = async (pod: Resource, it: Known | undefined) => {
    const { deletionGracePeriodSeconds = 30, name, uid } = pod.metadata
    if (it !== undefined) {
      it.isStopping = true
      await it.running.stop(deletionGracePeriodSeconds)
      await report(it, pod)
      await forget(uid, it)
    }
    await api
      .remove(`${pods}/${name}`, {
        ...{ apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 },
        preconditions: { uid }
      })
      .catch(unlessGone)
  }

  /** Somebody else may have been faster. */
  const unlessGone = (cause: unknown) => {
    if (cause instanceof ApiRefusal && (cause.status === 404 || cause.status === 409)) return
    throw cause
  }

  const report = async (it: Known, pod: Resource) => {
    it.isDirty = false
    const ip = `10.244.0.${it.number}`
    const status = statusOf(it.running.view(), pod, ip, new Date().toISOString())
    await api.merge(`${pods}/${pod.metadata.name}/status`, { status }).catch(unlessGone)
  }

  const look = async () => {
    const { items } = await api.get(pods)
    const listed = new Map<string, Resource>(items.map((pod: Resource) => [pod.metadata.uid, pod]))
    for (const [uid, it] of known) {
      if (!listed.has(uid) && !it.isStopping) await forget(uid, it)
    }
    for (const [uid, pod] of listed) {
      const it = known.get(uid)
      if (pod.spec.nodeName === undefined) continue
      if (pod.metadata.deletionTimestamp !== undefined) {
        if (it?.isStopping !== true) ending.add(end(pod, it).catch(complain))
      } else if (it === undefined) {
        if (!hasEnded(pod)) start(pod)
      }
      const now = known.get(uid)
      if (now?.isDirty === true) await report(now, pod)
    }
  }

  const ending = new Set<Promise<void>>()
  const complain = (cause: unknown) => {
    if (!isOver) console.error(`kubelet: ${String(cause)}`)
  }
  const looking = (async () => {
    while (!isOver) {
      await look().catch(complain)
      await pause(lookMillis)
    }
  })()
  return {
    output: (name) => {
      const running = [...known.values()].find(({ pod }) => pod.metadata.name === name)
      return running?.running.output() ?? printed.get(name) ?? ""
    },
    started: () => started,
    [Symbol.asyncDispose]: async () => {
      isOver = true
      await looking
      await Promise.all([...known].map(([uid, it]) => forget(uid, it)))
      await Promise.all(ending)
      rmSync(place, { recursive: true, force: true })
    }
  }
}
