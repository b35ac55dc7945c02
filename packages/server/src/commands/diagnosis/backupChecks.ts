/** How old the newest backups are, and what to do about it. Pure. */
import type { BackupAges, BackupKind } from "@holdfast/adapter-pg/effect"
import type { Check } from "./diagnosisChecks.ts"

/** How old each kind may be, in seconds: as the alert has it, for one a day and one an hour. */
const secondsMax: Readonly<Record<BackupKind, number>> = {
  full: 26 * 3_600,
  incremental: 2 * 3_600 + 600,
  verified: 50 * 3_600,
  wal: 300
}

const words: Readonly<Record<BackupKind, string>> = {
  full: "full backup",
  incremental: "increment",
  verified: "restored and checked",
  wal: "write-ahead log elsewhere up to"
}

const ago = (seconds: number): string => {
  if (seconds < 120) return `${Math.round(seconds)} s ago`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h ago`
  return `${Math.round(seconds / 86_400)} days ago`
}

/** Whether what is recorded of backups is new enough. */
export const backupCheck = (ages: BackupAges, { isEmbedded }: { isEmbedded: boolean }): Check => {
  const name = "backups"
  if (ages.size === 0) {
    return isEmbedded
      ? {
          name,
          status: "ok",
          found: "none was taken: holdfast backup <folder> takes one",
          next: ""
        }
      : {
          name,
          status: "warn",
          found: "none is recorded in this database",
          next: "take them, and let what takes them record it: docs/operations/RECOVERING.md says how"
        }
  }
  const found = [...ages].map(([kind, seconds]) => `${words[kind]} ${ago(seconds)}`).join(", ")
  const isOld = [...ages].some(([kind, seconds]) => seconds > secondsMax[kind])
  const lacksFull = !ages.has("full")
  if (!isOld && !lacksFull) return { name, status: "ok", found, next: "" }
  return {
    name,
    status: "warn",
    found: lacksFull ? `${found}; no full backup is recorded` : found,
    next: isEmbedded
      ? "take a new one: holdfast backup <folder>"
      : "see why the newer ones failed (holdfast-backup list, and the log of its jobs)"
  }
}
