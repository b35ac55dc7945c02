/**
 * A pod that runs: its container, its probes, and how it goes. As a kubelet does it: nothing is asked before
 * the startup probe is right, a liveness probe that fails ends the container, `preStop` and the signal share the
 * grace, and who has not ended by then is killed.
 */
import { request } from "node:http"
import { setTimeout as pauseFor } from "node:timers/promises"
import type { Resource } from "../deploy/manifests.ts"
import { type Container, type Image, startContainer } from "./container.ts"
import { containerOf, envOf, mountsOf, portOf, preStopSecondsOf, userOf } from "./podSpec.ts"
import { afterAnswer, newPod, type PodView, unasked } from "./probing.ts"

/** Where a pod runs. */
export interface PodPlace {
  /** Its own address of this machine. */
  readonly address: string
  readonly imageOf: (name: string) => Image | undefined
  /** The folders of its volumes, made for it. */
  readonly folders: () => Promise<ReadonlyMap<string, string>>
  /** Called when something about it has changed. */
  readonly onChange: () => void
}

/** A pod that runs. */
export interface RunningPod extends AsyncDisposable {
  readonly view: () => PodView
  readonly output: () => string
  /** Lets it end within so many seconds; resolves when it has. */
  readonly stop: (graceSeconds: number) => Promise<void>
}

/** How long a container that has ended by itself waits for its next start. */
const restartMillis = 2_000

/** Whether a probe over HTTP is answered by a status from 200 to 399 in its time. */
const isAnswered = (address: string, port: number, path: string, seconds: number) =>
  new Promise<boolean>((resolve) => {
    const asked = request(
      { host: address, port, path, agent: false, timeout: seconds * 1_000 },
      ({ statusCode = 0 }) => {
        resolve(statusCode >= 200 && statusCode < 400)
        asked.destroy()
      }
    )
    asked.once("timeout", () => asked.destroy(new Error("no answer in time")))
    asked.once("error", () => resolve(false))
    asked.end()
  })

/** A pause that ends early, with false, when there is nothing to wait for any more. */
const pause = (millis: number, signal: AbortSignal): Promise<boolean> =>
  pauseFor(millis, true, { signal }).catch(() => false)

/** Starts a pod. */
export const startPod = (pod: Resource, place: PodPlace): RunningPod => {
  const spec = containerOf(pod)
  let view = newPod
  let container: Container | undefined
  const leaving = new AbortController()
  const set = (change: Partial<PodView>) => {
    view = { ...view, ...change }
    place.onChange()
  }

  /** Asks a probe until it is decided the first time, or on and on. */
  const ask = async (
    probe: Resource,
    signal: AbortSignal,
    onDecided: (isRight: boolean) => void
  ): Promise<void> => {
    const { failureThreshold: _, httpGet, initialDelaySeconds = 0 } = probe
    if (httpGet === undefined) throw new Error(`${pod.metadata.name} is probed by a command`)
    const port = portOf(pod, httpGet.port)
    let so = unasked
    if (!(await pause(initialDelaySeconds * 1_000, signal))) return
    do {
      const answer = await isAnswered(place.address, port, httpGet.path, probe.timeoutSeconds ?? 1)
      if (signal.aborted) return
      const next = afterAnswer(probe, so, answer)
      if (next.isRight !== undefined && next.isRight !== so.isRight) onDecided(next.isRight)
      so = next
    } while (await pause((probe.periodSeconds ?? 10) * 1_000, signal))
  }

  const watch = async (running: Container, signal: AbortSignal) => {
    const kill = () => running.signal("SIGKILL")
    // What asks whether it is well stops asking once it is to go; what asks whether it is ready does not.
    const well = AbortSignal.any([signal, leaving.signal])
    if (spec.startupProbe !== undefined) {
      const starting = new AbortController()
      await ask(spec.startupProbe, AbortSignal.any([well, starting.signal]), (isRight) => {
        starting.abort()
        if (isRight) set({ isStarted: true })
        else kill()
      })
    } else set({ isStarted: true })
    if (signal.aborted || !view.isStarted) return
    const { livenessProbe, readinessProbe } = spec
    if (readinessProbe === undefined) set({ isReady: true })
    await Promise.all([
      readinessProbe && ask(readinessProbe, signal, (isReady) => set({ isReady })),
      livenessProbe && ask(livenessProbe, well, (isRight) => isRight || kill())
    ])
  }

  const run = async () => {
    const image = place.imageOf(spec.image)
    if (image === undefined) {
      set({ waiting: "ImagePullBackOff" })
      return
    }
    const mounts = mountsOf(pod, await place.folders())
    const { restartPolicy = "Always" } = pod.spec
    while (!leaving.signal.aborted) {
      const running = startContainer({
        ...{ image, mounts, env: envOf(pod, place.address), ...userOf(pod) },
        ...(spec.args === undefined ? {} : { words: spec.args })
      })
      container = running
      const startedAt = new Date().toISOString()
      set({ phase: "Running", startedAt, waiting: undefined })
      const over = new AbortController()
      const watching = watch(running, over.signal)
      const { code } = await running.ended
      over.abort()
      await watching
      const exitCode = code ?? 137
      if (restartPolicy === "Never" || (restartPolicy === "OnFailure" && exitCode === 0)) {
        set({ phase: exitCode === 0 ? "Succeeded" : "Failed", isReady: false, exitCode })
        return
      }
      if (leaving.signal.aborted) {
        set({ isReady: false, exitCode })
        return
      }
      const restarts = view.restarts + 1
      set({ isReady: false, isStarted: false, restarts, waiting: "CrashLoopBackOff" })
      await pause(restartMillis, leaving.signal)
    }
  }

  const over = run().catch((cause) => {
    console.error(`${pod.metadata.name}: ${String(cause)}`)
    set({ phase: "Failed", isReady: false, waiting: undefined, exitCode: 128 })
  })
  return {
    view: () => view,
    output: () => container?.output() ?? "",
    stop: async (graceSeconds) => {
      const deadline = performance.now() + graceSeconds * 1_000
      leaving.abort()
      const left = () => Math.max(0, deadline - performance.now())
      if (container !== undefined && view.exitCode === undefined) {
        await pauseFor(Math.min(preStopSecondsOf(pod) * 1_000, left()))
        container.signal("SIGTERM")
        const killing = setTimeout(() => container?.signal("SIGKILL"), left())
        await over
        clearTimeout(killing)
      }
      await over
    },
    [Symbol.asyncDispose]: async () => {
      leaving.abort()
      await container?.[Symbol.asyncDispose]()
      await over
    }
  }
}
