/** When a probe counts, and what a pod with such probes is to its cluster. Pure. */
import type { Resource } from "../deploy/manifests.ts"

/** What the answers to a probe come to. */
export interface Probed {
  /** Undefined until enough answers were equal. */
  readonly isRight: boolean | undefined
  /** So many of the last answers were equal, and what they were. */
  readonly run: number
  readonly last: boolean | undefined
}

/** A probe that was never asked. */
export const unasked: Probed = { isRight: undefined, run: 0, last: undefined }

/** The same after one more answer. */
export const afterAnswer = (probe: Resource, before: Probed, last: boolean): Probed => {
  const run = before.last === last ? before.run + 1 : 1
  const needed = last ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
  return { isRight: run >= needed ? last : before.isRight, run, last }
}

/** What is known of a pod by who runs it. */
export interface PodView {
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed"
  readonly isStarted: boolean
  readonly isReady: boolean
  readonly restarts: number
  /** When its process began, as the API writes instants. */
  readonly startedAt: string | undefined
  /** Why there is no process. */
  readonly waiting: string | undefined
  readonly exitCode: number | undefined
}

/** A pod that nobody has begun to run. */
export const newPod: PodView = {
  phase: "Pending",
  isStarted: false,
  isReady: false,
  restarts: 0,
  startedAt: undefined,
  waiting: "ContainerCreating",
  exitCode: undefined
}

const stateOf = (view: PodView, now: string) => {
  if (view.exitCode !== undefined) {
    const reason = view.exitCode === 0 ? "Completed" : "Error"
    return {
      terminated: {
        ...{ exitCode: view.exitCode, reason, startedAt: view.startedAt ?? now, finishedAt: now }
      }
    }
  }
  if (view.waiting !== undefined) return { waiting: { reason: view.waiting } }
  return { running: { startedAt: view.startedAt } }
}

/** The status of a pod, from the one before, whose conditions keep the instant of their last change. */
export const statusOf = (
  view: PodView,
  pod: Resource,
  ip: string,
  now: string,
  before: Resource = pod.status ?? {}
): Resource => {
  const conditionOf = (type: string, isSo: boolean) => {
    const status = isSo ? "True" : "False"
    const known = (before.conditions ?? []).find((condition: Resource) => condition.type === type)
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : now
    return { type, status, lastTransitionTime }
  }
  const isReady = view.phase === "Running" && view.isReady
  return {
    phase: view.phase,
    podIP: ip,
    podIPs: [{ ip }],
    hostIP: "10.0.0.1",
    startTime: before.startTime ?? now,
    conditions: [
      conditionOf("PodScheduled", true),
      conditionOf("Initialized", true),
      conditionOf("ContainersReady", isReady),
      conditionOf("Ready", isReady)
    ],
    containerStatuses: [
      {
        name: pod.spec.containers[0].name,
        image: pod.spec.containers[0].image,
        imageID: "",
        ready: isReady,
        started: view.isStarted,
        restartCount: view.restarts,
        state: stateOf(view, now)
      }
    ]
  }
}
