/**
 * What kube-proxy does, by a haproxy that passes connections on: each Service has an address of this machine, and
 * new connections go to the pods that its EndpointSlices call ready. It asks no pod how it is, repeats nothing, and
 * lets connections that are open end by themselves. As in a cluster, it hears of a change a moment later.
 */
import { connect } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import { freePort, type RunningProgram, runProgram } from "../../test-servers/src/index.ts"
import type { Resource } from "../deploy/manifests.ts"
import type { Api } from "./api.ts"

/** Where a connection may go. */
export interface Endpoint {
  readonly ip: string
  readonly port: number
}

/**
 * The endpoints of a port of a Service: those that are ready, and where none is, those that still serve while
 * they end, as kube-proxy has it.
 */
export const endpointsOf = (
  slices: ReadonlyArray<Resource>,
  service: string,
  portName: string
): ReadonlyArray<Endpoint> => {
  const all = slices
    .filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service)
    .flatMap(({ endpoints, ports }) => {
      const found = (ports ?? []).find(({ name }: Resource) => name === portName)
      if (found === undefined) return []
      return (endpoints ?? []).map(({ addresses, conditions = {} }: Resource) => ({
        ...{ ip: addresses[0], port: found.port, conditions }
      }))
    })
  const ready = all.filter(({ conditions }) => conditions.ready !== false)
  const leaving = all.filter(({ conditions }) => conditions.serving && conditions.terminating)
  return (ready.length > 0 ? ready : leaving)
    .map(({ ip, port }) => ({ ip, port }))
    .toSorted((a, b) => a.ip.localeCompare(b.ip))
}

/** A port of a Service, and the address of this machine that stands for it. */
export interface Served {
  readonly service: string
  readonly portName: string
  readonly address: string
  readonly port: number
}

const slots = 12

const nameOf = ({ portName, service }: Served) => `${service}-${portName}`

const configurationOf = (served: ReadonlyArray<Served>, aside: number, commands: number) => `
global
  maxconn 2000
  stats socket ipv4@127.0.0.1:${commands} level admin
defaults
  mode tcp
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  retries 0
frontend aside
  bind 127.0.0.1:${aside}
${served
  .map(
    (one) => `frontend in-${nameOf(one)}
  bind ${one.address}:${one.port}
  default_backend ${nameOf(one)}
backend ${nameOf(one)}
  balance roundrobin
${Array.from({ length: slots }, (_, n) => `  server s${n} 127.0.0.1:1 disabled`).join("\n")}
`
  )
  .join("")}`

/** The commands that put other endpoints into the slots of a backend; those that stay keep theirs. */
export const commandsFor = (
  backend: string,
  held: ReadonlyArray<string | undefined>,
  wanted: ReadonlyArray<string>
): {
  readonly held: ReadonlyArray<string | undefined>
  readonly commands: ReadonlyArray<string>
} => {
  const commands: Array<string> = []
  const next = held.map((one, n) => {
    if (one === undefined || wanted.includes(one)) return one
    commands.push(`set server ${backend}/s${n} state maint`)
    return undefined
  })
  for (const one of wanted.filter((it) => !held.includes(it))) {
    // Not one that is given up just now: its connections are on their way elsewhere.
    const free = next.findIndex((it, n) => it === undefined && held[n] === undefined)
    if (free < 0) throw new Error(`${backend} has more than ${held.length} endpoints`)
    const [address, port] = one.split(":")
    // New ones are there before those that go are left out.
    commands.unshift(
      `set server ${backend}/s${free} addr ${address} port ${port}`,
      `set server ${backend}/s${free} state ready`
    )
    next[free] = one
  }
  return { held: next, commands }
}

const say = (port: number, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ""
    const socket = connect(port, "127.0.0.1", () => socket.end(`${command}\n`))
    socket.setEncoding("utf8").on("data", (text: string) => {
      said += text
    })
    socket.once("error", reject).once("close", () => resolve(said.trim()))
  })

/** A running proxy. */
export interface ServiceProxy extends AsyncDisposable {
  /** How many endpoints a Service has now, as the proxy has it. */
  readonly count: (service: string, portName: string) => number
  /** How often it was changed. */
  readonly changes: () => number
}

/** What a proxy is started with. */
export interface ProxyOptions {
  readonly api: Api
  readonly namespace: string
  readonly served: ReadonlyArray<Served>
  /** From the change of an EndpointSlice until it is in force, in milliseconds. */
  readonly lateMillis: number
  readonly loopbackOf: (ip: string) => string
}

const lookMillis = 100

/** Starts a proxy. */
export const startServiceProxy = async (options: ProxyOptions): Promise<ServiceProxy> => {
  const { api, lateMillis, loopbackOf, namespace, served } = options
  const [aside, commandPort] = [await freePort(), await freePort()]
  const configuration = configurationOf(served, aside, commandPort)
  const running: RunningProgram = await runProgram("haproxy", aside, configuration, ["-db", "-f"])
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`
  const held = new Map<string, ReadonlyArray<string | undefined>>(
    served.map((one) => [nameOf(one), Array.from({ length: slots }, () => undefined)])
  )
  const waiting: Array<{ readonly at: number; readonly slices: ReadonlyArray<Resource> }> = []
  let isOver = false
  let changes = 0
  const apply = async (slices: ReadonlyArray<Resource>) => {
    for (const one of served) {
      const name = nameOf(one)
      const wanted = endpointsOf(slices, one.service, one.portName).map(
        ({ ip, port }) => `${loopbackOf(ip)}:${port}`
      )
      const next = commandsFor(name, held.get(name) ?? [], wanted)
      for (const command of next.commands) {
        const answer = await say(commandPort, command)
        if (/no such|unknown|invalid|can't|cannot|error/i.test(answer)) {
          throw new Error(`haproxy: ${command}: ${answer}`)
        }
      }
      if (next.commands.length > 0) changes += 1
      held.set(name, next.held)
    }
  }
  const looking = (async () => {
    let last = ""
    while (!isOver) {
      try {
        const { items } = await api.get(path)
        const now = items.map(({ metadata }: Resource) => metadata.resourceVersion).join(" ")
        if (now !== last) {
          last = now
          waiting.push({ at: performance.now(), slices: items })
        }
        while (waiting[0] !== undefined && performance.now() - waiting[0].at >= lateMillis) {
          await apply(waiting.shift()?.slices ?? [])
        }
      } catch (cause) {
        if (!isOver) console.error(`proxy: ${String(cause)}`)
      }
      await pause(lookMillis)
    }
  })()
  return {
    count: (service, portName) =>
      (held.get(`${service}-${portName}`) ?? []).filter((one) => one !== undefined).length,
    changes: () => changes,
    [Symbol.asyncDispose]: async () => {
      isOver = true
      await looking
      await running[Symbol.asyncDispose]()
    }
  }
}
