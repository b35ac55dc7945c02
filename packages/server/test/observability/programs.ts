/** The real programs of the drill, each with the files of `deploy/observability` that it is run with. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  type BackgroundProgram,
  freePort,
  inBackground,
  watcherFolder,
  watcherPath
} from "@holdfast/test-servers"
import { eventually } from "../eventually.ts"

/** The files that are shipped. */
export const shipped = fileURLToPath(new URL("../../../../deploy/observability", import.meta.url))

/** A program that is up. */
export interface Up extends AsyncDisposable {
  readonly url: string
}

const untilUp = async (program: BackgroundProgram, url: string, path: string): Promise<Up> => {
  try {
    await eventually(async () => {
      program.check()
      const answer = await fetch(`${url}${path}`).catch(() => undefined)
      await answer?.text()
      return answer?.ok === true ? true : undefined
    })
  } catch (cause) {
    await program[Symbol.asyncDispose]()
    throw cause
  }
  return { url, [Symbol.asyncDispose]: program[Symbol.asyncDispose] }
}

/** A Collector that writes what it is sent to files of a folder. */
export const startCollector = async (path: string, folder: string): Promise<Up> => {
  const [http, grpc, health] = [await freePort(), await freePort(), await freePort()]
  const words = ["collector.yaml", "to-files.yaml"].map(
    (file) => `--config=${join(shipped, "collector", file)}`
  )
  const program = inBackground(path, words, {
    FOLDER: folder,
    OTLP_HTTP_PORT: String(http),
    OTLP_GRPC_PORT: String(grpc),
    HEALTH_PORT: String(health)
  })
  const up = await untilUp(program, `http://127.0.0.1:${health}`, "/")
  return { ...up, url: `http://127.0.0.1:${http}` }
}

/** The shipped configuration, asking this server once a second and nobody else. */
const scraping = (target: string): string => {
  const text = readFileSync(join(shipped, "prometheus/prometheus.yml"), "utf8")
  return text
    .replace("holdfast:9464", target)
    .replaceAll("interval: 15s", "interval: 1s")
    .replace("rules/*.yml", join(shipped, "prometheus/rules/*.yml"))
    .replace(/ {2}# Processor, memory and disk[\s\S]*$/, "")
    .replace(/alerting:[\s\S]*?(?=scrape_configs)/, "")
}

/** A Prometheus that asks a server at `host:port`. */
export const startPrometheus = async (target: string, folder: string): Promise<Up> => {
  const port = await freePort()
  const file = join(folder, "prometheus.yml")
  writeFileSync(file, scraping(target))
  const program = inBackground(watcherPath("prometheus"), [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, "prometheus")}`,
    `--web.listen-address=127.0.0.1:${port}`
  ])
  return untilUp(program, `http://127.0.0.1:${port}`, "/-/ready")
}

/** An OpenSearch of one node, from a folder with its jars. */
export const startOpenSearch = async (installed: string, folder: string): Promise<Up> => {
  const port = await freePort()
  const home = join(folder, "search")
  mkdirSync(home, { recursive: true })
  const words = ["-Xmx512m", "-cp", join(installed, "libs/*"), join(installed, "SearchNode.java")]
  const program = inBackground("java", [...words, home, String(port)])
  return untilUp(program, `http://127.0.0.1:${port}`, "/_cluster/health")
}

/** An rsyslog that reads `holdfast.log` of a folder and hands its lines to a search server. */
export const startRsyslog = (port: string, folder: string): BackgroundProgram => {
  const at = join(folder, "rsyslog.conf")
  mkdirSync(join(folder, "work"), { recursive: true })
  const text = readFileSync(join(shipped, "logs/rsyslog/holdfast.conf"), "utf8")
  writeFileSync(at, text.replaceAll("@FOLDER@", folder).replaceAll("@PORT@", port))
  const unpacked = watcherFolder("rsyslogd")
  const libraries =
    unpacked &&
    join(unpacked, "usr/lib", `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`)
  const words = ["-n", "-f", at, "-i", join(folder, "rsyslog.pid")]
  return libraries === undefined
    ? inBackground(watcherPath("rsyslogd"), words)
    : inBackground(watcherPath("rsyslogd"), [...words, "-M", join(libraries, "rsyslog")], {
        LD_LIBRARY_PATH: libraries
      })
}
