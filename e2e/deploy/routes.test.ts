/**
 * Where a request goes in the cluster and in the committed Kong, which are not run here: every path of the
 * API reaches the service that has it. Envoy and haproxy are run: e2e/gateway.
 */
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { CatalogApi, InventoryApi } from "../../packages/http/src/HoldfastApi.ts"
import { type Resource, resourcesIn, textOf } from "./manifests.ts"

const pathsOf = ({ groups }: typeof InventoryApi | typeof CatalogApi): ReadonlyArray<string> =>
  Object.values(groups).flatMap(({ endpoints }) =>
    Object.values(endpoints as Record<string, { readonly path: string }>).map(({ path }) =>
      path.replace(/:\w+/g, "x")
    )
  )

const [stock, shop] = [pathsOf(InventoryApi), pathsOf(CatalogApi)]
/** What only the inventory has. What both have goes to products, but for the host of the inventory. */
const onlyStock = stock.filter((path) => !shop.includes(path))

it("has enough to be about", () => {
  expect([onlyStock.length > 40, shop.length > 25]).toEqual([true, true])
})

describe.each(["minikube", "eks-staging", "eks-production"])("the Ingress of %s", (place) => {
  const ingress = resourcesIn(textOf(`deploy/kubernetes/${place}.yaml`)).find(
    ({ kind }) => kind === "Ingress"
  )
  const [main, whole] = ingress.spec.rules
  /** As Kubernetes has it: an exact path, else the longest prefix of whole parts. */
  const serviceOf = ({ http }: Resource, asked: string): string => {
    const fits = ({ path, pathType }: Resource) =>
      pathType === "Exact"
        ? path === asked
        : path === "/" || asked === path || asked.startsWith(`${path}/`)
    const found = http.paths
      .filter(fits)
      .sort((one: Resource, other: Resource) => other.path.length - one.path.length)
    return found[0].backend.service.name
  }

  it("sends every path to the service that has it, and one host to the inventory alone", () => {
    for (const path of onlyStock) {
      expect([path, serviceOf(main, path)]).toEqual([path, "holdfast-inventory"])
    }
    for (const path of [...shop, "/graphql", "/api/skusx"]) {
      expect([path, serviceOf(main, path)]).toEqual([path, "holdfast-product"])
    }
    for (const path of stock) expect(serviceOf(whole, path)).toBe("holdfast-inventory")
    expect(whole.host).not.toBe(main.host)
  })
})

/** The names of settings, of Kong 3.9, read from its schemas; a name that is none stops Kong at its start. */
const known: Readonly<Record<string, ReadonlyArray<string>>> = {
  certificates: ["id", "cert", "key"],
  ca_certificates: ["id", "cert"],
  consumers: ["username", "jwt_secrets"],
  jwt_secrets: ["key", "algorithm", "secret", "rsa_public_key"],
  upstreams: ["name", "algorithm", "client_certificate", "targets", "healthchecks"],
  active: [
    "type",
    "http_path",
    "https_sni",
    "https_verify_certificate",
    "timeout",
    "healthy",
    "unhealthy"
  ],
  healthy: ["interval", "successes", "http_statuses"],
  unhealthy: ["interval", "http_failures", "tcp_failures", "timeouts", "http_statuses"],
  services: [
    ...["name", "protocol", "host", "port", "retries", "connect_timeout", "write_timeout"],
    ...[
      "read_timeout",
      "client_certificate",
      "tls_verify",
      "tls_verify_depth",
      "ca_certificates",
      "routes"
    ]
  ],
  routes: ["name", "hosts", "paths", "protocols", "strip_path", "preserve_host", "regex_priority"],
  plugins: ["name", "route", "config"],
  jwt: [
    "key_claim_name",
    "claims_to_verify",
    "uri_param_names",
    "cookie_names",
    "run_on_preflight"
  ],
  "request-transformer": ["remove"],
  "correlation-id": ["header_name", "generator", "echo_downstream"],
  "request-size-limiting": ["allowed_payload_size", "size_unit"],
  "rate-limiting": ["second", "limit_by", "header_name", "policy", "redis", "fault_tolerant"]
}

describe("the declaration of Kong for a network", () => {
  const kong: Resource = parse(textOf("deploy/gateway/kong.yaml"))
  const routes = kong.services.flatMap(({ name, routes: own }: Resource) =>
    own.map((route: Resource) => ({ ...route, service: name }))
  )
  const onlyNames = (kind: string, entity: Resource) => {
    const strange = Object.keys(entity).filter((name) => known[kind]?.includes(name) !== true)
    expect([kind, strange]).toEqual([kind, []])
  }

  it("has only settings that Kong knows, and names what is there", () => {
    for (const kind of [
      "certificates",
      "ca_certificates",
      "consumers",
      "upstreams",
      "services",
      "plugins"
    ]) {
      for (const entity of kong[kind]) onlyNames(kind, entity)
    }
    for (const route of kong.services.flatMap(({ routes: own }: Resource) => own)) {
      onlyNames("routes", route)
    }
    for (const { config, name } of kong.plugins) onlyNames(name, config)
    for (const { jwt_secrets: secrets } of kong.consumers) onlyNames("jwt_secrets", secrets[0])
    const upstreams = kong.upstreams.map(({ name }: Resource) => name)
    const certificates = kong.certificates.map(({ id }: Resource) => id)
    for (const { client_certificate: shown, healthchecks } of kong.upstreams) {
      expect(certificates).toContain(shown)
      onlyNames("active", healthchecks.active)
      onlyNames("healthy", healthchecks.active.healthy)
      onlyNames("unhealthy", healthchecks.active.unhealthy)
    }
    for (const {
      ca_certificates: trusted,
      client_certificate: shown,
      host,
      protocol,
      tls_verify: verifies
    } of kong.services) {
      expect(upstreams).toContain(host)
      // Kong takes neither for gRPC.
      if (protocol !== "https")
        expect([shown, trusted, verifies]).toEqual([undefined, undefined, undefined])
      else {
        expect([certificates.includes(shown), verifies]).toEqual([true, true])
        expect(trusted).toEqual(kong.ca_certificates.map(({ id }: Resource) => id))
      }
    }
  })

  it("sends every path to the service that has it, and asks for a token at all but the open ones", () => {
    /** As its router has it: a route with a host, else a regular expression by priority, else a prefix. */
    const routeOf = (path: string, host: string): Resource => {
      const fits = ({ hosts, paths, protocols }: Resource) =>
        protocols.includes("https") &&
        (hosts === undefined || hosts.includes(host)) &&
        paths.some((one: string) =>
          one.startsWith("~") ? new RegExp(`^${one.slice(1)}`).test(path) : path.startsWith(one)
        )
      const weight = ({ hosts, paths, regex_priority: priority = 0 }: Resource) =>
        (hosts === undefined ? 0 : 1_000) + (paths[0].startsWith("~") ? 100 + priority : 0)
      return routes
        .filter(fits)
        .sort((one: Resource, other: Resource) => weight(other) - weight(one))[0]
    }
    const guarded = new Set(
      kong.plugins
        .filter(({ name }: Resource) => name === "jwt")
        .map(({ route }: Resource) => route)
    )
    const open = (path: string) =>
      ["/", "/docs", "/openapi.json", "/asyncapi.json", "/health/live", "/health/ready"].includes(
        path
      )
    for (const [paths, host, service] of [
      [onlyStock, "api.example.com", "inventory"],
      [[...shop, "/", "/docs", "/graphql", "/api/skusx", "/docs/x"], "api.example.com", "product"],
      [[...stock, "/", "/graphql"], "stock.example.com", "inventory"]
    ] as const) {
      for (const path of paths) {
        const route = routeOf(path, host)
        expect([path, route.service, guarded.has(route.name)]).toEqual([path, service, !open(path)])
      }
    }
    for (const { name, protocols } of routes) {
      if (protocols.includes("grpcs")) expect([name, guarded.has(name)]).toEqual([name, true])
    }
  })

  it("asks of tokens, limits and sizes what Envoy and haproxy do", () => {
    const pluginOf = (wanted: string) =>
      kong.plugins.find(({ name }: Resource) => name === wanted).config
    const envoy = textOf("deploy/gateway/envoy.yaml")
    const haproxy = textOf("deploy/gateway/haproxy.cfg")
    for (const token of kong.plugins.filter(({ name }: Resource) => name === "jwt")) {
      expect(token.config).toMatchObject({
        claims_to_verify: ["exp", "nbf"],
        uri_param_names: [],
        cookie_names: []
      })
    }
    const [{ algorithm, key }] = kong.consumers[0].jwt_secrets
    expect([
      envoy.includes(`issuer: ${key}`),
      haproxy.includes(`-m str ${key}`),
      algorithm
    ]).toEqual([true, true, "ES256"])
    const size = pluginOf("request-size-limiting")
    expect([size.allowed_payload_size, size.size_unit]).toEqual([1_048_576, "bytes"])
    expect(envoy).toContain(`max_request_bytes: ${size.allowed_payload_size}`)
    expect(haproxy).toContain(`gt ${size.allowed_payload_size}`)
    const { second } = pluginOf("rate-limiting")
    expect([envoy.includes(`max_tokens: ${second}`), haproxy.includes(`gt ${second} `)]).toEqual([
      true,
      true
    ])
    for (const header of pluginOf("request-transformer").remove.headers) {
      expect(envoy).toContain(`- ${header}\n`)
    }
  })
})

it("has a database for each service, with a standby in every other zone, and nothing acknowledged in one alone", () => {
  const clusters = resourcesIn(textOf("deploy/eks/databases.yaml"))
  expect(clusters.map(({ metadata }) => metadata.name)).toEqual([
    ...["holdfast-product-db", "holdfast-inventory-db"]
  ])
  for (const { kind, spec } of clusters) {
    expect([kind, spec.instances, spec.postgresql.synchronous.number]).toEqual(["Cluster", 3, 1])
    expect(spec.affinity).toMatchObject({
      ...{ podAntiAffinityType: "required", topologyKey: "topology.kubernetes.io/zone" }
    })
  }
})
