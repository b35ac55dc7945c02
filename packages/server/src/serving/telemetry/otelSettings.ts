/**
 * The standard `OTEL_*` variables, read once. As OpenTelemetry asks, a value that cannot be read is left
 * out with a warning, and never keeps a server from starting.
 */

/** What is exported. */
export type Signal = "traces" | "metrics" | "logs"

/** How one signal is exported. */
export interface SignalSettings {
  readonly url: string
  /** Sent with each export; their values may be secret. */
  readonly headers: Readonly<Record<string, string>>
  readonly protocol: "http/json" | "http/protobuf"
  readonly isCompressed: boolean
  /** How long one export may take, in milliseconds. */
  readonly timeoutMillis: number
}

/** How what is exported is gathered. */
export interface BatchSettings {
  /** The most that waits; what comes then is dropped and counted. */
  readonly queueMax: number
  readonly batchMax: number
  /** How long something may wait until it is sent, in milliseconds. */
  readonly delayMillis: number
}

/** How metrics are gathered. */
export interface MetricBatchSettings {
  /** How often they are sent, in milliseconds. */
  readonly delayMillis: number
  /** Whether what is sent is the sum since the start, or since what was sent before. */
  readonly temporality: "cumulative" | "delta"
}

/** Which requests are sampled. */
export interface SamplerSettings {
  /** Whether a request that continues a trace is sampled as its caller has decided. */
  readonly isByParent: boolean
  /** The share of the others, from 0 to 1. */
  readonly ratio: number
}

/** All of them. */
export interface OtelSettings {
  readonly traces: SignalSettings | undefined
  readonly metrics: SignalSettings | undefined
  readonly logs: SignalSettings | undefined
  readonly spanBatches: BatchSettings
  readonly logBatches: BatchSettings
  readonly metricBatches: MetricBatchSettings
  readonly sampler: SamplerSettings
  /** What the server is, in words that a collector knows. */
  readonly resource: Readonly<Record<string, string>>
  /** What could not be read. */
  readonly warnings: ReadonlyArray<string>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads variables; what is empty is as if it were not there. */
class Variables {
  readonly warnings: Array<string> = []
  private readonly env: Environment

  constructor(env: Environment) {
    this.env = env
  }

  text(...names: ReadonlyArray<string>): string | undefined {
    for (const name of names) {
      const value = this.env[name]?.trim()
      if (value !== undefined && value !== "") return value
    }
    return undefined
  }

  wrong(name: string, why: string): undefined {
    this.warnings.push(`${name} ${why}`)
    return undefined
  }

  one<A extends string>(name: string, of: ReadonlyArray<A>): A | undefined {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined || of.includes(value as A)) return value as A | undefined
    return this.wrong(name, `must be one of ${of.join(", ")}`)
  }

  count(name: string, least: number): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const count = Number(value)
    return Number.isSafeInteger(count) && count >= least
      ? count
      : this.wrong(name, `must be a whole number of at least ${least}`)
  }

  /** Pairs as `key=value,key=value`, percent-encoded. */
  pairs(name: string): Record<string, string> {
    const pairs: Record<string, string> = {}
    for (const part of (this.text(name) ?? "").split(",")) {
      if (part.trim() === "") continue
      const at = part.indexOf("=")
      try {
        if (at <= 0) throw new Error("no name")
        pairs[part.slice(0, at).trim()] = decodeURIComponent(part.slice(at + 1).trim())
      } catch {
        this.wrong(name, "must hold pairs such as name=value, with commas between them")
      }
    }
    return pairs
  }
}

const upper = (signal: Signal): string => signal.toUpperCase()

const isHttp = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? "")

/** Where a signal goes; undefined when it goes nowhere. */
const urlOf = (vars: Variables, signal: Signal): string | undefined => {
  const own = `OTEL_EXPORTER_OTLP_${upper(signal)}_ENDPOINT`
  const [name, url] =
    vars.text(own) !== undefined
      ? [own, vars.text(own)]
      : ["OTEL_EXPORTER_OTLP_ENDPOINT", vars.text("OTEL_EXPORTER_OTLP_ENDPOINT")]
  if (url === undefined) return undefined
  if (!isHttp(url)) return vars.wrong(name, "must be an address such as http://collector:4318")
  return name === own ? url : `${url.replace(/\/+$/, "")}/v1/${signal}`
}

const signalOf = (vars: Variables, signal: Signal): SignalSettings | undefined => {
  const exporter = `OTEL_${upper(signal)}_EXPORTER`
  const exporters = vars
    .text(exporter)
    ?.toLowerCase()
    .split(/\s*,\s*/) ?? ["otlp"]
  if (!exporters.includes("otlp")) {
    if (exporters.some((one) => one !== "none")) vars.wrong(exporter, "must be otlp or none")
    return undefined
  }
  const url = urlOf(vars, signal)
  if (url === undefined) return undefined
  const both = (name: string) => [
    `OTEL_EXPORTER_OTLP_${upper(signal)}_${name}`,
    `OTEL_EXPORTER_OTLP_${name}`
  ]
  const [named = "", general = ""] = both("PROTOCOL")
  const protocols = ["http/json", "http/protobuf"] as const
  const [ownGzip = "", gzip = ""] = both("COMPRESSION")
  const [ownTime = "", time = ""] = both("TIMEOUT")
  const [ownHeaders = "", headers = ""] = both("HEADERS")
  const compression = vars.one(ownGzip, ["gzip", "none"]) ?? vars.one(gzip, ["gzip", "none"])
  return {
    url,
    headers: { ...vars.pairs(headers), ...vars.pairs(ownHeaders) },
    protocol: vars.one(named, protocols) ?? vars.one(general, protocols) ?? "http/protobuf",
    isCompressed: compression === "gzip",
    timeoutMillis: vars.count(ownTime, 1) ?? vars.count(time, 1) ?? 10_000
  }
}

const batchesOf = (vars: Variables, prefix: string, delayMillis: number): BatchSettings => {
  const queueMax = vars.count(`${prefix}_MAX_QUEUE_SIZE`, 1) ?? 2_048
  return {
    queueMax,
    batchMax: Math.min(vars.count(`${prefix}_MAX_EXPORT_BATCH_SIZE`, 1) ?? 512, queueMax),
    delayMillis: vars.count(`${prefix}_SCHEDULE_DELAY`, 1) ?? delayMillis
  }
}

const samplers = [
  ...(["always_on", "always_off", "traceidratio"] as const),
  ...(["parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"] as const)
]

const samplerOf = (vars: Variables): SamplerSettings => {
  const name = vars.one("OTEL_TRACES_SAMPLER", samplers) ?? "parentbased_always_on"
  const isByParent = name.startsWith("parentbased_")
  if (name.endsWith("always_on")) return { isByParent, ratio: 1 }
  if (name.endsWith("always_off")) return { isByParent, ratio: 0 }
  const ratio = Number(vars.text("OTEL_TRACES_SAMPLER_ARG") ?? "1")
  if (ratio >= 0 && ratio <= 1) return { isByParent, ratio }
  vars.wrong("OTEL_TRACES_SAMPLER_ARG", "must be a number from 0 to 1")
  return { isByParent, ratio: 1 }
}

/** Reads the variables of an environment; everything is off when they name no endpoint. */
export const readOtel = (env: Environment, version: string): OtelSettings => {
  const vars = new Variables(env)
  const isOff = vars.text("OTEL_SDK_DISABLED")?.toLowerCase() === "true"
  const signal = (name: Signal) => (isOff ? undefined : signalOf(vars, name))
  return {
    traces: signal("traces"),
    metrics: signal("metrics"),
    logs: signal("logs"),
    spanBatches: batchesOf(vars, "OTEL_BSP", 5_000),
    logBatches: batchesOf(vars, "OTEL_BLRP", 1_000),
    metricBatches: {
      delayMillis: vars.count("OTEL_METRIC_EXPORT_INTERVAL", 100) ?? 60_000,
      temporality:
        vars.one("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", ["cumulative", "delta"]) ??
        "cumulative"
    },
    sampler: samplerOf(vars),
    resource: {
      "service.name": "holdfast",
      "service.version": version,
      ...vars.pairs("OTEL_RESOURCE_ATTRIBUTES"),
      ...(vars.text("OTEL_SERVICE_NAME") === undefined
        ? {}
        : { "service.name": vars.text("OTEL_SERVICE_NAME") ?? "" })
    },
    warnings: vars.warnings
  }
}
