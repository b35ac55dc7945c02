/** Whom a COMMIT waits for, as the setting `synchronous_standby_names` of PostgreSQL says it. */

/** How many standbys a COMMIT waits for, and which may be among them. */
export interface SynchronousStandbys {
  /** How many must answer; 0 when a COMMIT waits for none. */
  readonly needed: number
  /** Their names in lower case; `*` is any. */
  readonly names: ReadonlyArray<string>
}

/** `"a b"` and `a`: a quoted name has its quotes doubled. */
const namesIn = (list: string): ReadonlyArray<string> =>
  [...list.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? "").toLowerCase()
  )

/** Reads the setting: a list of names, of which the first counts, or `FIRST n (…)` or `ANY n (…)`. */
export const readSynchronousStandbys = (setting: string): SynchronousStandbys => {
  const [, count, list] = /^\s*(?:first|any)?\s*(\d+)\s*\((.*)\)\s*$/is.exec(setting) ?? []
  const names = namesIn(list ?? setting)
  return { needed: names.length === 0 ? 0 : Number(count ?? 1), names }
}

/** Those of the connected standbys that a COMMIT may wait for. */
export const countedAmong = (
  { names }: SynchronousStandbys,
  connected: ReadonlyArray<string>
): ReadonlyArray<string> =>
  names.includes("*") ? connected : connected.filter((name) => names.includes(name.toLowerCase()))
