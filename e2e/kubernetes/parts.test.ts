/**
 * The parts of the drill that need no control plane: when a probe counts, what a pod reports and is started with,
 * and where connections go. The drill itself is `pnpm drill kubernetes`; pods are run in `e2e/backups`.
 */
import { describe, expect, it } from "vitest"
import { resourcesIn, textOf } from "../deploy/manifests.ts"
import { envOf, mountsOf, portOf, preStopSecondsOf, userOf, volumesOf } from "./podSpec.ts"
import { afterAnswer, newPod, statusOf, unasked } from "./probing.ts"
import { commandsFor, endpointsOf } from "./serviceProxy.ts"
import { manifests } from "./shop.ts"

const server = resourcesIn(textOf(manifests)).find(
  ({ kind, metadata }) => kind === "Deployment" && metadata.name === "holdfast-inventory"
)
const pod = { ...server.spec.template, metadata: { name: "inventory-1", uid: "1" } }

describe("a probe", () => {
  const answers = (probe: object, ...given: ReadonlyArray<boolean>) =>
    given.reduce((so, answer) => afterAnswer(probe, so, answer), unasked).isRight

  it("is undecided until enough answers in a row were equal", () => {
    const probe = { failureThreshold: 2, successThreshold: 2 }
    expect(answers(probe)).toBeUndefined()
    expect(answers(probe, true)).toBeUndefined()
    expect(answers(probe, true, false, true)).toBeUndefined()
    expect(answers(probe, true, true)).toBe(true)
    expect(answers(probe, true, true, false)).toBe(true)
    expect(answers(probe, true, true, false, false)).toBe(false)
    expect(answers(probe, true, true, false, false, true)).toBe(false)
  })

  it("fails after three answers and is right after one, unless it says otherwise", () => {
    expect(answers({}, true)).toBe(true)
    expect(answers({}, false, false)).toBeUndefined()
    expect(answers({}, false, false, false)).toBe(false)
  })
})

describe("the status of a pod", () => {
  const running = { ...newPod, phase: "Running" as const, startedAt: "then", waiting: undefined }
  const conditionsOf = (status: ReturnType<typeof statusOf>) =>
    new Map(
      status.conditions.map((it: { type: string; status: string; lastTransitionTime: string }) => [
        it.type,
        [it.status, it.lastTransitionTime]
      ])
    )

  it("keeps the instant since when it has been ready, by which a rollout waits", () => {
    const first = statusOf(
      { ...running, isStarted: true, isReady: true },
      pod,
      "10.244.0.1",
      "at 1"
    )
    expect(conditionsOf(first).get("Ready")).toEqual(["True", "at 1"])
    const later = statusOf({ ...running, isReady: true }, pod, "10.244.0.1", "at 2", first)
    expect(conditionsOf(later).get("Ready")).toEqual(["True", "at 1"])
    const leaving = statusOf({ ...running, isReady: false }, pod, "10.244.0.1", "at 3", later)
    expect(conditionsOf(leaving).get("Ready")).toEqual(["False", "at 3"])
    expect(leaving.startTime).toBe("at 1")
  })

  it("says how it ended, or why it has not begun", () => {
    const state = (change: object) =>
      statusOf({ ...running, ...change }, pod, "10.244.0.1", "now").containerStatuses[0].state
    expect(state({})).toEqual({ running: { startedAt: "then" } })
    expect(state({ waiting: "ImagePullBackOff" })).toEqual({
      waiting: { reason: "ImagePullBackOff" }
    })
    expect(state({ exitCode: 2 }).terminated).toMatchObject({ exitCode: 2, reason: "Error" })
    expect(state({ exitCode: 0 }).terminated).toMatchObject({ exitCode: 0, reason: "Completed" })
  })
})

describe("a pod of the manifests", () => {
  it("is started as its template says, on its own address", () => {
    const env = envOf(pod, "127.0.1.7")
    expect(env).toMatchObject({
      HOLDFAST_HOST: "127.0.1.7",
      HOLDFAST_METRICS_HOST: "127.0.1.7",
      HOLDFAST_PORT: "3000",
      HOLDFAST_MIGRATE: "false"
    })
    expect(userOf(pod)).toEqual({ user: 65_532, group: 65_532 })
    expect([portOf(pod, "http"), portOf(pod, 9_464)]).toEqual([3_000, 9_464])
    expect(preStopSecondsOf(pod)).toBe(5)
    expect(volumesOf(pod).get("secrets")).toMatchObject({ kind: "secret", mode: 0o440 })
    expect(volumesOf(pod).get("tmp")).toEqual({ kind: "empty" })
    const folders = new Map([
      ["secrets", "/a"],
      ["tmp", "/b"]
    ])
    expect(mountsOf(pod, folders)).toEqual([
      { kind: "read", source: "/a", target: "/run/secrets/holdfast" },
      { kind: "write", source: "/b", target: "/tmp" }
    ])
  })

  it("is refused when it would run as root, or asks for what is not played", () => {
    const changed = (change: (spec: typeof pod.spec) => void) => {
      const other = structuredClone(pod)
      change(other.spec)
      return other
    }
    expect(() => userOf(changed((spec) => delete spec.securityContext.runAsUser))).toThrow(
      "runs as"
    )
    expect(() =>
      envOf(
        changed((spec) => spec.containers.push({})),
        "127.0.1.7"
      )
    ).toThrow("more than one container")
    expect(() =>
      volumesOf(changed((spec) => spec.volumes.push({ name: "host", hostPath: { path: "/" } })))
    ).toThrow("not played")
    expect(() => mountsOf(pod, new Map())).toThrow("which it lacks")
  })
})

describe("connections to a Service", () => {
  const slice = (...endpoints: ReadonlyArray<readonly [string, object]>) => ({
    metadata: { labels: { "kubernetes.io/service-name": "shop" } },
    ports: [{ name: "http", port: 3_000 }],
    endpoints: endpoints.map(([ip, conditions]) => ({ addresses: [ip], conditions }))
  })
  const ipsOf = (...slices: ReadonlyArray<ReturnType<typeof slice>>) =>
    endpointsOf(slices, "shop", "http").map(({ ip }) => ip)

  it("go to pods that are ready, and to none that is not", () => {
    const ready = ["10.244.0.2", { ready: true }] as const
    const starting = ["10.244.0.3", { ready: false, serving: false }] as const
    const leaving = ["10.244.0.1", { ready: false, serving: true, terminating: true }] as const
    expect(ipsOf(slice(ready, starting), slice(leaving))).toEqual(["10.244.0.2"])
    // Better one that ends than none.
    expect(ipsOf(slice(starting, leaving))).toEqual(["10.244.0.1"])
    expect(ipsOf(slice(starting))).toEqual([])
    expect(endpointsOf([slice(ready)], "another", "http")).toEqual([])
    expect(endpointsOf([slice(ready)], "shop", "grpc")).toEqual([])
  })

  it("reach a new pod before the old one is left out, and no slot is used again at once", () => {
    const before = ["a:1", "b:1", undefined, undefined]
    const { commands, held } = commandsFor("shop", before, ["b:1", "c:1"])
    expect(held).toEqual([undefined, "b:1", "c:1", undefined])
    expect(commands).toEqual([
      "set server shop/s2 addr c port 1",
      "set server shop/s2 state ready",
      "set server shop/s0 state maint"
    ])
    expect(commandsFor("shop", held, ["b:1", "c:1"])).toEqual({ held, commands: [] })
    expect(() => commandsFor("shop", ["a:1"], ["a:1", "b:1"])).toThrow("more than 1")
  })
})
