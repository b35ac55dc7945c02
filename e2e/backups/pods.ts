/**
 * Pods of the manifests without a cluster: each is started as its template says, with secrets and claims that this
 * place has. What schedules them, and says when, is checked where a control plane is (`pnpm drill kubernetes`).
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { type Resource, resourcesIn, textOf } from "../deploy/manifests.ts"
import type { Image } from "../kubernetes/container.ts"
import { makeVolume } from "../kubernetes/kubelet.ts"
import { type RunningPod, startPod } from "../kubernetes/pod.ts"
import { userOf, volumesOf } from "../kubernetes/podSpec.ts"

/** Values of secrets, by the name of each and its key. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>

/** A place in which pods are started. */
export interface PodHouse extends AsyncDisposable {
  /** Starts the pod of a Job, a CronJob or a Deployment, by its name. */
  readonly start: (kind: string, name: string) => RunningPod
  /** The same, and waits until it has done its work; rejects with what it printed when it fails. */
  readonly run: (kind: string, name: string) => Promise<string>
}

/** Opens a place for the pods of a file of manifests. */
export const openHouse = (
  manifests: string,
  imageOf: (name: string) => Image | undefined,
  secrets: Secrets
): PodHouse => {
  const place = mkdtempSync(join(tmpdir(), "holdfast-pods-"))
  chmodSync(place, 0o755)
  const all = resourcesIn(textOf(manifests))
  const running: Array<RunningPod> = []
  const start = (kind: string, name: string) => {
    const found = all.find((it) => it.kind === kind && it.metadata.name === name)
    if (found === undefined) throw new Error(`${manifests} has no ${kind} ${name}`)
    const { template } = (found.spec.jobTemplate ?? found).spec
    const pod: Resource = { ...template, metadata: { ...template.metadata, name } }
    const number = running.length + 1
    const folders = async () => {
      const made = new Map<string, string>()
      for (const [volumeName, volume] of volumesOf(pod)) {
        const at =
          volume.kind === "claim"
            ? join(place, volume.claim)
            : join(place, String(number), volumeName)
        const encoded = (secret: string) =>
          Object.fromEntries(
            Object.entries(secrets[secret] ?? {}).map(([key, value]) => [key, btoa(value)])
          )
        await makeVolume(volume, { folder: at, ...userOf(pod) }, async (it) => encoded(it))
        made.set(volumeName, at)
      }
      return made
    }
    const address = `127.0.3.${number}`
    const started = startPod(pod, { address, imageOf, folders, onChange: () => undefined })
    running.push(started)
    return started
  }
  return {
    start,
    run: async (kind, name) => {
      const pod = start(kind, name)
      while (pod.view().exitCode === undefined) await pause(20)
      if (pod.view().phase !== "Succeeded") throw new Error(`${name} failed:\n${pod.output()}`)
      return pod.output()
    },
    [Symbol.asyncDispose]: async () => {
      for (const pod of running) await pod[Symbol.asyncDispose]()
      rmSync(place, { recursive: true, force: true })
    }
  }
}
