/**
 * The committed configurations of gateways with other places in them: ports of this machine for the
 * names of a cluster, and a folder of certificates. All else of them is as it is committed.
 */

import { parse } from "yaml"
import { eventually } from "../../packages/server/test/eventually.ts"
import {
  freePort,
  type RunningProgram,
  runProgram,
  startEnvoy,
  statesIn
} from "../../test-servers/src/index.ts"
import { type Resource, textOf } from "../deploy/manifests.ts"

/** Where things are on this machine. */
export interface Places {
  /** Has public, gateway and services-ca, as `.crt` and `.key`, and issuer.pem. */
  readonly tls: string
  /** The port of the issuer's keys. */
  readonly issuer: number
  readonly product: ReadonlyArray<number>
  readonly inventory: ReadonlyArray<number>
  /** The ports of gRPC; those of HTTP unless given. */
  readonly inventoryGrpc?: ReadonlyArray<number>
  /** Requests that a principal may make at once, and no more of them come. As committed unless given. */
  readonly limit?: number
}

/** A running gateway. */
export interface Gateway extends RunningProgram {
  /** How many servers of the inventory it now sends requests to. */
  readonly serversUp: () => Promise<number>
}

/** A gateway that holds the contract. */
export interface GatewayKind {
  readonly name: "Envoy" | "haproxy"
  /** The status for a token for somebody else. */
  readonly wrongAudience: 401 | 403
  readonly start: (places: Places) => Promise<Gateway>
}

const addressOf = (port: number) => ({
  endpoint: { address: { socket_address: { address: "127.0.0.1", port_value: port } } }
})

const filterNamed = (listener: Resource, name: string): Resource =>
  listener.filter_chains[0].filters[0].typed_config.http_filters.find(
    (filter: Resource) => filter.name === `envoy.filters.http.${name}`
  ).typed_config

/** The configuration of Envoy, with these places. */
const envoyWith = (places: Places, port: number, adminPort: number): string => {
  const text = textOf("deploy/gateway/envoy.yaml").replaceAll("/etc/holdfast/tls", places.tls)
  const configuration: Resource = structuredClone(parse(text))
  const { clusters, listeners } = configuration.static_resources
  configuration.admin.address.socket_address.port_value = adminPort
  const [listener] = listeners
  listener.address.socket_address = { address: "127.0.0.1", port_value: port }
  const { inventory, inventoryGrpc = inventory, issuer, product } = places
  const ports: Readonly<Record<string, ReadonlyArray<number>>> = {
    ...{ inventory, product, issuer: [issuer] },
    ...{ "inventory-grpc": inventoryGrpc, "product-grpc": product }
  }
  for (const cluster of clusters) {
    cluster.type = "STATIC"
    cluster.load_assignment.endpoints[0].lb_endpoints = ports[cluster.name]?.map(addressOf)
    // The issuer of the tests speaks in the clear, on this machine.
    if (cluster.name === "issuer") delete cluster.transport_socket
  }
  if (places.limit !== undefined) {
    filterNamed(listener, "local_ratelimit").descriptors[0].token_bucket = {
      ...{ max_tokens: places.limit, tokens_per_fill: 1, fill_interval: "3600s" }
    }
  }
  return JSON.stringify(configuration)
}

/** How many endpoints of a cluster are healthy, as the page of Envoy for people has it. */
const healthyIn = (clusters: Resource, name: string): number =>
  clusters.cluster_statuses
    .find((cluster: Resource) => cluster.name === name)
    .host_statuses.filter(
      ({ health_status: { failed_active_health_check: failed } }: Resource) => !failed
    ).length

/** Envoy with the committed file. */
export const envoy: GatewayKind = {
  name: "Envoy",
  wrongAudience: 403,
  start: async (places) => {
    const [port, adminPort] = [await freePort(), await freePort()]
    const running = await startEnvoy(envoyWith(places, port, adminPort), port)
    return {
      ...running,
      serversUp: async () => {
        const response = await fetch(`http://127.0.0.1:${adminPort}/clusters?format=json`)
        return healthyIn(await response.json(), "inventory")
      }
    }
  }
}

const haproxyWith = (places: Places, port: number, statsPort: number): string => {
  const { inventory, inventoryGrpc = inventory, product } = places
  const checked: Readonly<Record<string, ReadonlyArray<readonly [number, number | undefined]>>> = {
    "inventory-pods:3000": inventory.map((server) => [server, server]),
    "inventory-pods:3001": inventoryGrpc.map((server, index) => [server, inventory[index]]),
    "product-pods:3000": product.map((server) => [server, server]),
    "product-pods:3001": product.map((server) => [server, server])
  }
  const text = textOf("deploy/gateway/haproxy.cfg")
    .replaceAll("/etc/holdfast/tls", places.tls)
    .replace("bind :8443", `bind 127.0.0.1:${port}`)
    .replace(
      /^ {2}server-template (\w+) 12 holdfast-(\S+) resolvers cluster init-addr none$/gm,
      (_, name, place) =>
        (checked[place] ?? [])
          .map(
            ([server, check], index) =>
              `  server ${name}${index} 127.0.0.1:${server} check port ${check}`
          )
          .join("\n")
    )
    // No name is looked up here, and a machine may have no resolver.
    .replace(/^resolvers cluster\n(?: {2}.*\n)+/m, "")
  const limited =
    places.limit === undefined
      ? text
      : text
          .replace("gt 200", `gt ${places.limit}`)
          .replaceAll("http_req_rate(1s)", "http_req_rate(3600s)")
          .replace("expire 1m", "expire 1h")
  return `${limited}\nfrontend stats\n  bind 127.0.0.1:${statsPort}\n  stats enable\n  stats uri /stats\n  no log\n`
}

/** haproxy with the committed file. */
export const haproxy: GatewayKind = {
  name: "haproxy",
  wrongAudience: 401,
  start: async (places) => {
    const [port, statsPort] = [await freePort(), await freePort()]
    const running = await runProgram("haproxy", port, haproxyWith(places, port, statsPort), [
      "-db",
      "-f"
    ])
    return {
      ...running,
      serversUp: async () => {
        const response = await fetch(`http://127.0.0.1:${statsPort}/stats;csv`)
        const states = statesIn(await response.text(), "inventory")
        return states.filter((state) => state.startsWith("UP")).length
      }
    }
  }
}

/** Waits until a gateway sends requests to so many servers of the inventory. */
export const untilUp = (gateway: Gateway, count: number): Promise<true> =>
  eventually(async () => ((await gateway.serversUp()) === count ? true : undefined))
