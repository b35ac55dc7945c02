// What drills need and no package has ready: an OpenTelemetry Collector, which Go builds from its modules, and
// OpenSearch, whose jars Maven brings. Both lie in a cache, `$XDG_CACHE_HOME/holdfast` or `~/.cache/holdfast`;
// deleting it is safe. Each is brought once, and says why where it cannot be.
import { spawnSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const cache = () =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "holdfast", "test-servers")

/** What was brought, or why it was not. */
export type Brought = { readonly path: string } | { readonly reason: string }

interface Recipe {
  readonly name: string
  /** What must be there after it. */
  readonly holds: string
  readonly files: Readonly<Record<string, string>>
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly minutesMax: number
}

const bring = ({ command, files, holds, minutesMax, name }: Recipe): Brought => {
  const folder = join(cache(), name)
  if (existsSync(join(folder, holds))) return { path: folder }
  mkdirSync(cache(), { recursive: true })
  const draft = mkdtempSync(join(cache(), "draft-"))
  try {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(draft, file), text)
    const [program, ...words] = command
    const { error, status, stderr, stdout } = spawnSync(program, words, {
      cwd: draft,
      encoding: "utf8",
      timeout: minutesMax * 60_000
    })
    if (status !== 0 || !existsSync(join(draft, holds))) {
      const said = error?.message ?? `${stdout}${stderr}`.trim().split("\n").at(-1)
      return { reason: `SKIPPED: ${name} cannot be made by ${program} here: ${said}` }
    }
    renameSync(draft, folder)
  } catch (cause) {
    // Another process may have been faster.
    if (!existsSync(join(folder, holds))) return { reason: `SKIPPED: ${name}: ${String(cause)}` }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return { path: folder }
}

/** Every part has one release: parts of different ones do not fit. */
const collectorVersion = "0.161.0"

const collectorParts = `dist:
  name: otelcol
  output_path: ./out
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/otlpreceiver v${collectorVersion}
processors:
  - gomod: go.opentelemetry.io/collector/processor/batchprocessor v${collectorVersion}
  - gomod: go.opentelemetry.io/collector/processor/memorylimiterprocessor v${collectorVersion}
exporters:
  - gomod: go.opentelemetry.io/collector/exporter/debugexporter v${collectorVersion}
  - gomod: go.opentelemetry.io/collector/exporter/otlpexporter v${collectorVersion}
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter v${collectorVersion}
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusexporter v${collectorVersion}
extensions:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension v${collectorVersion}
`

/** The program of a Collector with the parts that `deploy/observability` uses. Takes minutes, once. */
export const bringCollector = (): Brought => {
  const brought = bring({
    name: `otelcol-${collectorVersion}`,
    holds: join("out", "otelcol"),
    files: { "builder.yaml": collectorParts },
    command: [
      "go",
      ...["run", `go.opentelemetry.io/collector/cmd/builder@v${collectorVersion}`],
      ...["--config", "builder.yaml"]
    ],
    minutesMax: 20
  })
  return "reason" in brought ? brought : { path: join(brought.path, "out", "otelcol") }
}

const searchVersion = "2.19.6"

const dependency = (group: string, name: string, version: string) =>
  `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`

const searchPom = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>holdfast.test</groupId>
  <artifactId>search-server</artifactId>
  <version>0</version>
  <packaging>pom</packaging>
  <dependencies>
    ${dependency("org.opensearch", "opensearch", searchVersion)}
    ${dependency("org.opensearch.plugin", "transport-netty4-client", searchVersion)}
    ${dependency("org.apache.logging.log4j", "log4j-core", "2.25.4")}
  </dependencies>
</project>
`

const searchNode = fileURLToPath(new URL("SearchNode.java", import.meta.url))

/** A folder with the jars of OpenSearch in `libs`, and the program that starts it, `SearchNode.java`. */
export const bringOpenSearch = (): Brought => {
  const modules = spawnSync("java", ["--list-modules"], { encoding: "utf8" }).stdout ?? ""
  if (!modules.includes("jdk.compiler")) {
    return { reason: "SKIPPED: OpenSearch needs a Java 17 or newer with its compiler on the PATH" }
  }
  const brought = bring({
    name: `opensearch-${searchVersion}`,
    holds: "libs",
    files: { "pom.xml": searchPom },
    command: [
      "mvn",
      ...["-q", "-B", "dependency:copy-dependencies"],
      ...["-DoutputDirectory=libs", "-DincludeScope=runtime"]
    ],
    minutesMax: 20
  })
  if ("path" in brought) cpSync(searchNode, join(brought.path, "SearchNode.java"))
  return brought
}
