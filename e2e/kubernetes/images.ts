/**
 * The two images of the manifests, played by files of this machine: the production tree in a root that has
 * Node and the libraries, and the script of backups in one that has what a Debian has, with the programs of
 * PostgreSQL. The images themselves are built by `pnpm drill image`.
 */
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { inWheel, pathOf, whyNoBackupTools } from "../../test-servers/src/index.ts"
import { type Image, type Mount, whyNoContainers } from "./container.ts"

const repository = fileURLToPath(new URL("../..", import.meta.url))

/** The images, and what they are made of. */
export interface Images extends Disposable {
  readonly server: Image
  readonly backup: Image
}

/** Why the images cannot be played here; undefined when they can. */
export const whyNoImages = (): string | undefined =>
  whyNoContainers() ??
  whyNoBackupTools() ??
  (existsSync(join(repository, "packages/server/dist/main.js"))
    ? undefined
    : "SKIPPED: nothing is built; run pnpm build first")

const read = (source: string, target: string): Mount => ({ kind: "read", source, target })

/** Folders of the root that a machine has as links into /usr, or else as they are. */
const rootFolders = (names: ReadonlyArray<string>): ReadonlyArray<Mount> =>
  names
    .filter((name) => existsSync(`/${name}`))
    .map((name) =>
      lstatSync(`/${name}`).isSymbolicLink()
        ? { kind: "link", source: readlinkSync(`/${name}`), target: `/${name}` }
        : read(`/${name}`, `/${name}`)
    )

/** Where the programs of the image of backups are. */
const searched = "/opt/embedded_postgres/pginstall/bin:/opt/holdfast:/usr/sbin:/usr/bin:/bin"

/** Makes the images; `hosts` are names that each container knows, as lines of /etc/hosts. */
export const makeImages = (hosts: ReadonlyArray<string> = []): Images => {
  const place = mkdtempSync(join(tmpdir(), "holdfast-images-"))
  chmodSync(place, 0o755)
  const tree = join(place, "app")
  try {
    execFileSync(process.execPath, ["scripts/production.mjs", tree], {
      cwd: repository,
      stdio: ["ignore", "ignore", "inherit"]
    })
  } catch (cause) {
    rmSync(place, { recursive: true, force: true })
    throw cause
  }
  const fileOf = (name: string, text: string) => {
    const file = join(place, name)
    writeFileSync(file, text)
    chmodSync(file, 0o644)
    return file
  }
  const etc = [
    read(fileOf("hosts", `127.0.0.1 localhost\n${hosts.join("\n")}\n`), "/etc/hosts"),
    // PostgreSQL refuses a user that has no name.
    read(
      fileOf("passwd", "root:x:0:0::/:/bin/false\nholdfast:x:65532:65532::/:/bin/false\n"),
      "/etc/passwd"
    )
  ]
  const script = join(repository, "deploy/backup/bin/holdfast-backup")
  return {
    server: {
      entrypoint: ["/usr/local/bin/node", "/app/bin/holdfast.js"],
      words: ["serve"],
      env: { NODE_ENV: "production", HOLDFAST_HOST: "0.0.0.0", HOLDFAST_LOG_FORMAT: "json" },
      mounts: [
        ...[read("/usr/lib", "/usr/lib"), ...rootFolders(["lib", "lib64"])],
        ...(existsSync("/usr/lib64") ? [read("/usr/lib64", "/usr/lib64")] : []),
        ...[read(process.execPath, "/usr/local/bin/node"), read(tree, "/app"), ...etc]
      ]
    },
    backup: {
      entrypoint: ["/opt/holdfast/holdfast-backup"],
      words: ["help"],
      env: {
        ...{ NODE_ENV: "production", HOLDFAST_COMMAND: "node /app/bin/holdfast.js" },
        ...{ LC_ALL: "C.UTF-8", PATH: searched }
      },
      mounts: [
        ...[read("/usr", "/usr"), ...rootFolders(["bin", "sbin", "lib", "lib64"])],
        // Side by side, as the programs look for their libraries; the folder above them is closed.
        ...["embedded_postgres", "embedded_postgres.libs"].map((name) =>
          read(inWheel("embedded-postgres", name), `/opt/${name}`)
        ),
        ...[
          read(process.execPath, "/opt/holdfast/node"),
          read(script, "/opt/holdfast/holdfast-backup")
        ],
        // They may have been installed elsewhere than below /usr.
        ...(["age", "zstd"] as const)
          .filter((name) => !pathOf(name).startsWith("/usr/"))
          .map((name) => read(pathOf(name), `/opt/holdfast/${name}`)),
        ...[read(tree, "/app"), ...etc]
      ]
    },
    [Symbol.dispose]: () => rmSync(place, { recursive: true, force: true })
  }
}
