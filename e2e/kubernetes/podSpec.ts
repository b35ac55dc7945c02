/** What a pod says, as its container is started with it. Pure. */
import type { Resource } from "../deploy/manifests.ts"
import type { Mount } from "./container.ts"

/** The address that a server is to listen on where a pod has an address to itself. */
const everyAddress = "0.0.0.0"

/** The one container of a pod. The chart has no pod with more, and none that prepares it. */
export const containerOf = (pod: Resource): Resource => {
  const { containers, initContainers = [] } = pod.spec
  if (containers.length !== 1 || initContainers.length !== 0) {
    throw new Error(`${pod.metadata.name} has more than one container`)
  }
  return containers[0]
}

/** Its variables. Pods share this machine, so each listens on its own address in place of every one. */
export const envOf = (pod: Resource, address: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (containerOf(pod).env ?? []).map(({ name, value = "", valueFrom }: Resource) => {
      if (valueFrom !== undefined) throw new Error(`${name} is from elsewhere, which is not played`)
      return [name, value === everyAddress ? address : value]
    })
  )

/** The user and the group of its processes; a pod that does not say them would run as root. */
export const userOf = (pod: Resource): { readonly user: number; readonly group: number } => {
  const { runAsGroup, runAsNonRoot, runAsUser } = pod.spec.securityContext ?? {}
  if (!(runAsNonRoot && runAsUser > 0 && runAsGroup > 0)) {
    throw new Error(`${pod.metadata.name} does not say who it runs as`)
  }
  return { user: runAsUser, group: runAsGroup }
}

/** Where each of its volumes is mounted, by the folders in which they lie. */
export const mountsOf = (
  pod: Resource,
  folders: ReadonlyMap<string, string>
): ReadonlyArray<Mount> =>
  (containerOf(pod).volumeMounts ?? []).map(({ mountPath, name, readOnly }: Resource) => {
    const source = folders.get(name)
    if (source === undefined) throw new Error(`${pod.metadata.name} mounts ${name}, which it lacks`)
    return { kind: readOnly === true ? "read" : "write", source, target: mountPath }
  })

/** A volume: files from secrets, a folder of its own, or one that stays. */
export type Volume =
  | {
      readonly kind: "secret"
      readonly mode: number
      readonly items: ReadonlyArray<{
        readonly secret: string
        readonly key: string
        readonly path: string
      }>
    }
  | { readonly kind: "empty" }
  | { readonly kind: "claim"; readonly claim: string }

/** The volumes of a pod, by their names. */
export const volumesOf = (pod: Resource): ReadonlyMap<string, Volume> =>
  new Map(
    (pod.spec.volumes ?? []).map((volume: Resource): readonly [string, Volume] => {
      const { emptyDir, name, persistentVolumeClaim, projected } = volume
      if (emptyDir !== undefined) return [name, { kind: "empty" }]
      if (persistentVolumeClaim !== undefined) {
        return [name, { kind: "claim", claim: persistentVolumeClaim.claimName }]
      }
      const sources: ReadonlyArray<Resource> = projected?.sources ?? []
      if (sources.length === 0 || sources.some(({ secret }) => secret?.items === undefined)) {
        throw new Error(`${pod.metadata.name} has the volume ${name}, which is not played`)
      }
      const items = sources.flatMap(({ secret }) =>
        secret.items.map(({ key, path }: Resource) => ({ secret: secret.name, key, path }))
      )
      return [name, { kind: "secret", mode: projected.defaultMode ?? 0o644, items }]
    })
  )

/** A port of the container, by its number or its name. */
export const portOf = (pod: Resource, port: number | string): number => {
  if (typeof port === "number") return port
  const found = (containerOf(pod).ports ?? []).find(({ name }: Resource) => name === port)
  if (found === undefined) throw new Error(`${pod.metadata.name} has no port ${port}`)
  return found.containerPort
}

/** How long a pod waits before it is asked to end, in seconds. */
export const preStopSecondsOf = (pod: Resource): number => {
  const { preStop } = containerOf(pod).lifecycle ?? {}
  if (preStop === undefined) return 0
  if (preStop.sleep === undefined) throw new Error(`${pod.metadata.name} stops by a command`)
  return preStop.sleep.seconds
}
