/**
 * The files that no test runs are held to what their programs ask for, as far as it can be read: the Collector's
 * pipelines name parts that are there, the template has a field for each that a line of log has, Kibana's objects
 * refer to each other, and the compose file mounts files that exist.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { folder, read, readYaml } from "./observed.ts"

interface Pipeline {
  readonly receivers?: ReadonlyArray<string>
  readonly processors?: ReadonlyArray<string>
  readonly exporters?: ReadonlyArray<string>
}

interface CollectorFile {
  readonly receivers?: object
  readonly processors?: object
  readonly exporters?: object
  readonly extensions?: object
  readonly service: {
    readonly extensions?: ReadonlyArray<string>
    readonly pipelines: Readonly<Record<string, Pipeline>>
  }
}

describe("the Collector", () => {
  const base = readYaml<CollectorFile>("collector/collector.yaml")
  const overlay = readYaml<CollectorFile>("collector/to-files.yaml")
  const parts = new Set([
    "otlp",
    "memory_limiter",
    "batch",
    "debug",
    "prometheus",
    "health_check",
    "file"
  ])

  it.each([
    ["alone", base, [base]],
    ["with the overlay", overlay, [base, overlay]]
  ] as const)("has a part for each that a pipeline names, %s", (_name, file, layers) => {
    const kinds = ["receivers", "processors", "exporters"] as const
    for (const kind of kinds) {
      const known = layers.flatMap((layer) => Object.keys(layer[kind] ?? {}))
      for (const name of known) expect(parts).toContain(name.replace(/\/.*/, ""))
      const named = Object.values(file.service.pipelines).flatMap(
        (pipeline) => pipeline[kind] ?? []
      )
      expect(named.filter((name) => !known.includes(name))).toEqual([])
    }
    expect(Object.keys(file.service.pipelines)).toEqual(["traces", "metrics", "logs"])
  })

  it("refuses what it has no memory for before anything else", () => {
    for (const { processors } of Object.values(base.service.pipelines)) {
      expect(processors).toEqual(["memory_limiter", "batch"])
    }
  })
})

interface Field {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Field>>
}

/** The names of fields with dots, and their types. */
const flat = (
  properties: Readonly<Record<string, Field>>,
  above = ""
): ReadonlyArray<[string, string]> =>
  Object.entries(properties).flatMap(
    ([name, field]): ReadonlyArray<[string, string]> =>
      field.properties === undefined
        ? [[`${above}${name}`, field.type ?? ""]]
        : flat(field.properties, `${above}${name}.`)
  )

describe("lines of log", () => {
  const template = readYaml<{
    readonly index_patterns: ReadonlyArray<string>
    readonly template: {
      readonly mappings: { readonly properties: Readonly<Record<string, Field>> }
    }
  }>("logs/index-template.json")
  const fields = new Map(flat(template.template.mappings.properties))

  it("have a field in the template for each that the server writes", () => {
    const source = read("packages/server/src/cli/log/logForms.ts")
    const written = [
      ...source.matchAll(/field: "([a-z_.]+)"/g),
      ...source.matchAll(/^\s+\.{0,3}"((?:@|[a-z]+\.)[a-z_.]+)":/gm),
      ...source.matchAll(/"((?:trace|span|error)\.[a-z_]+)":/g)
    ].map(([, name]) => name ?? "")
    expect(written.length).toBeGreaterThan(12)
    expect(written.filter((name) => !fields.has(name))).toEqual([])
  })

  it("have the types of the Elastic Common Schema", () => {
    expect(Object.fromEntries(fields)).toMatchObject({
      ...{ "@timestamp": "date", "log.level": "keyword", "trace.id": "keyword" },
      ...{ "span.id": "keyword", "event.duration": "long", "event.outcome": "keyword" },
      ...{ "http.response.status_code": "long", "http.request.method": "keyword" },
      ...{ "process.pid": "long", "user.id": "keyword", "service.name": "keyword" }
    })
  })

  it("go to the stream that the template is for", () => {
    expect(template.index_patterns).toEqual(["logs-holdfast-*"])
    expect(read("deploy/observability/logs/rsyslog/holdfast.conf")).toContain(
      "logs-holdfast-default"
    )
    const logstash = read("deploy/observability/logs/logstash.conf")
    for (const part of ['type => "logs"', 'dataset => "holdfast"', 'namespace => "default"']) {
      expect(logstash).toContain(`data_stream_${part}`)
    }
  })

  it("are read by searches of Kibana that refer to what is there", () => {
    interface Saved {
      readonly id: string
      readonly type: string
      readonly references: ReadonlyArray<{ readonly id: string; readonly type: string }>
      readonly attributes: { readonly columns?: ReadonlyArray<string>; readonly title: string }
    }
    const lines = read("deploy/observability/logs/kibana.ndjson").trim().split("\n")
    const saved = lines.map((line) => JSON.parse(line) as Saved)
    const known = new Set(saved.map(({ id, type }) => `${type}:${id}`))
    expect(known.size).toBe(saved.length)
    const referred = saved.flatMap(({ references }) =>
      references.map(({ id, type }) => `${type}:${id}`)
    )
    expect(referred.length).toBeGreaterThan(5)
    expect(referred.filter((one) => !known.has(one))).toEqual([])
    const columns = saved.flatMap(({ attributes }) => attributes.columns ?? [])
    expect(columns.filter((name) => !fields.has(name))).toEqual([])
  })
})

describe("the compose file", () => {
  interface Service {
    readonly volumes?: ReadonlyArray<string>
    readonly ports?: ReadonlyArray<string>
    readonly image: string
    readonly environment?: Readonly<Record<string, string>>
    readonly depends_on?: ReadonlyArray<string> | object
  }
  const { services, volumes } = readYaml<{
    readonly services: Readonly<Record<string, Service>>
    readonly volumes: object
  }>("compose.yaml")

  it("mounts files and volumes that are there", () => {
    const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes)
    expect(mounts.length).toBeGreaterThan(10)
    const missing = mounts
      .map((mount) => mount.split(":")[0] ?? "")
      .filter((from) => !from.startsWith("/"))
      .filter((from) =>
        from.startsWith(".") ? !existsSync(join(folder, from)) : !(from in volumes)
      )
    expect(missing).toEqual([])
  })

  it("has every service that a configuration asks by its name, each of a fixed release", () => {
    const texts = [
      ...["prometheus/prometheus.yml", "collector/collector.yaml", "logs/filebeat.yml"],
      ...["logs/logstash.conf", "grafana/provisioning/datasources/datasources.yaml", "compose.yaml"]
    ].map((file) => read(`deploy/observability/${file}`))
    const named = texts.flatMap((text) => [
      ...text.matchAll(/(?:targets: \[|https?:\/\/|hosts: \["|TEMPO_ENDPOINT:-)([a-z][a-z-]+):\d+/g)
    ])
    const hosts = new Set(named.map(([, host]) => host ?? ""))
    hosts.delete("localhost")
    expect(hosts.size).toBeGreaterThan(7)
    expect([...hosts].filter((host) => !(host in services))).toEqual([])
    for (const { image } of Object.values(services))
      expect(image).toMatch(/:v?\d/.test(image) ? /./ : /node:24-/)
  })

  it("opens ports to this machine alone", () => {
    const ports = Object.values(services).flatMap(({ ports = [] }) => ports)
    expect(ports.length).toBeGreaterThan(4)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it("gives the server settings that it knows", () => {
    const flags = ["database", "host", "auth", "metrics-port", "metrics-host", "log-format"]
    const known = new Set(
      flags.map((flag) => `HOLDFAST_${flag.toUpperCase().replaceAll("-", "_")}`)
    )
    const given = Object.keys(services["holdfast"]?.environment ?? {})
    expect(given.filter((name) => name.startsWith("HOLDFAST_") && !known.has(name))).toEqual([])
    const serve =
      read("packages/server/src/cli/network/metricsSettings.ts") +
      read("packages/server/src/cli/logging.ts")
    for (const flag of ["metrics-port", "metrics-host", "log-format"])
      expect(serve).toContain(`"${flag}"`)
  })
})
