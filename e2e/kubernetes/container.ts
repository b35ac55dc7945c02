/**
 * A container without an engine: a process that is number 1 of namespaces of its own, for mounts and for
 * processes. Its root has what the image has and what the pod mounts, and cannot be written to; it runs as
 * the user of the pod, who may become nobody else. The network is that of this machine, and memory and
 * processors are not limited.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { keepOnLeash } from "../../test-servers/src/index.ts"

/** What is in a root: a file or folder of this machine, or a link. */
export interface Mount {
  readonly kind: "read" | "write" | "link"
  /** Where it is on this machine; of a link, what it points to. */
  readonly source: string
  /** Where it is in the container. */
  readonly target: string
}

/** What an image is to a container. */
export interface Image {
  readonly entrypoint: readonly [string, ...ReadonlyArray<string>]
  /** The words that a pod may replace. */
  readonly words: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly mounts: ReadonlyArray<Mount>
}

/** What a pod says of a container. */
export interface ContainerOptions {
  readonly image: Image
  /** In place of those of the image. */
  readonly words?: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly mounts: ReadonlyArray<Mount>
  readonly user: number
  readonly group: number
}

/** How a container ended. */
export interface ContainerEnded {
  readonly code: number | null
  readonly output: string
}

/** A running container. */
export interface Container extends AsyncDisposable {
  readonly ended: Promise<ContainerEnded>
  /** What it printed, the last of it where that is much. */
  readonly output: () => string
  /** Signals its process number 1. SIGKILL ends all of its processes. */
  readonly signal: (name: NodeJS.Signals) => void
}

// `$1` the root, `$2` the user, `$3` the group; then what is mounted, as threes, up to `--`.
const script = `
set -eu
root=$1 user=$2 group=$3
shift 3
mount -t tmpfs -o mode=755 container "$root"
mkdir "$root/dev" "$root/proc" "$root/dev/shm"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec shm "$root/dev/shm"
for file in null urandom; do : > "$root/dev/$file"; mount --bind "/dev/$file" "$root/dev/$file"; done
ln -s /proc/self/fd "$root/dev/fd"
while [ "$1" != -- ]; do
  kind=$1 source=$2 target=$root$3
  shift 3
  if [ "$kind" = link ]; then ln -s "$source" "$target"; continue; fi
  if [ -d "$source" ]; then mkdir -p "$target"; else mkdir -p "\${target%/*}"; : > "$target"; fi
  mount --bind "$source" "$target"
  case $kind in
    read) mount -o remount,bind,ro,nosuid,nodev "$target" ;;
    *) mount -o remount,bind,nosuid,nodev "$target" ;;
  esac
done
shift
mount -o remount,ro "$root"
exec setpriv --no-new-privs -- chroot --userspec="$user:$group" --groups= "$root" "$@"
`

/** Why there can be no containers here; undefined when there can. */
export const whyNoContainers = (): string | undefined => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return "SKIPPED: only root on Linux may make namespaces"
  }
  try {
    const words = ["--mount", "--pid", "--fork", "setpriv", "--version"]
    execFileSync("unshare", words, { stdio: "ignore" })
    return undefined
  } catch (cause) {
    return `SKIPPED: no namespaces can be made here: ${String(cause).split("\n")[0]}`
  }
}

const outputMax = 65_536

/** The process number 1 of the container, once unshare has made it. */
const firstOf = (child: ChildProcess): number | undefined => {
  // Its number may be somebody else's by now.
  if (child.exitCode !== null || child.signalCode !== null) return undefined
  try {
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")
    const [first] = children.split(" ").filter((text) => text.trim() !== "")
    return first === undefined ? undefined : Number(first)
  } catch {
    return undefined
  }
}

/** Starts a container. It ends with the process that started it, in whatever way that ends. */
export const startContainer = (options: ContainerOptions): Container => {
  const { env, group, image, mounts, user, words = image.words } = options
  const root = mkdtempSync(join(tmpdir(), "holdfast-container-"))
  const child = keepOnLeash(
    spawn(
      "unshare",
      [
        ...["--mount", "--pid", "--fork"],
        ...["sh", "-c", script, "sh", root, String(user), String(group)],
        ...[...image.mounts, ...mounts].flatMap(({ kind, source, target }) => [
          ...[kind, source, target]
        ]),
        ...["--", ...image.entrypoint, ...words]
      ],
      {
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...image.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
        // Ctrl-C in a terminal is for the drill, which ends its pods in their order.
        detached: true
      }
    ),
    { withChildren: true }
  )
  let said = ""
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-outputMax)
    })
  }
  const ended = new Promise<ContainerEnded>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code) => {
      rmSync(root, { recursive: true, force: true })
      resolve({ code, output: said })
    })
  })
  const signal = (name: NodeJS.Signals) => {
    // unshare ends with it; alone it would leave it behind.
    const first = firstOf(child)
    try {
      if (first !== undefined) process.kill(first, name)
      else if (name === "SIGKILL") child.kill(name)
    } catch {
      // It is gone already.
    }
  }
  return {
    ...{ ended, signal },
    output: () => said,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) signal("SIGKILL")
      await ended
    }
  }
}
