/** Whether the certificates that the settings name fit, and how long they are valid. */
import { CommandFailure } from "../../cli/CommandFailure.ts"
import {
  type CertificateFiles,
  type KnownCertificate,
  readCertificates
} from "../../serving/network/certificateFiles.ts"
import { daysUntil, warnDays } from "../../serving/network/freshCertificates.ts"
import type { Check } from "./diagnosisChecks.ts"

const checkOf = (one: KnownCertificate, now: Date): Check => {
  const days = daysUntil(one.expiresAt, now.getTime())
  const found = `${one.file} (${one.subject}) is valid until ${one.expiresAt.toISOString()}`
  const name = `--${one.setting}`
  return days < warnDays
    ? {
        name,
        status: "warn",
        found: `${found}: ${days < 0 ? "it has expired" : `${days} days are left`}`,
        next: "renew it, and write it over the file: a running server takes it without a restart"
      }
    : { name, status: "ok", found: `${found}: ${days} days are left`, next: "" }
}

/** The checks of the files of one end: one that could not be used is a failure. */
export const certificateChecks = (
  files: CertificateFiles | undefined,
  now: Date
): ReadonlyArray<Check> => {
  if (files === undefined) return []
  const read = readCertificates(files, now)
  if (!(read instanceof CommandFailure)) return read.known.map((one) => checkOf(one, now))
  const { message } = read
  const [name = "certificates"] = message.split(":", 1)
  const next = "set the files right: a server would not start with them"
  return [{ name, status: "fail", found: message.slice(name.length + 2), next }]
}
