/** What a server says of itself, and whether it is a replica that may be read. */
import type { Row } from "../connection/Query.ts"

/** What a server says of itself. */
export interface ServerStanding {
  readonly isReplica: boolean
  /** The cluster: a primary and its replicas have the same. */
  readonly cluster: string
  /** One running server: its port, and when it was started. */
  readonly instance: string
  /** Where its log ends, in bytes. */
  readonly lsn: number
}

/** The standing that a row shows. */
export const toServerStanding = (row: Row | undefined): ServerStanding => ({
  isReplica: row?.["is_replica"] === true,
  cluster: row?.["cluster"] as string,
  instance: row?.["instance"] as string,
  lsn: row?.["lsn"] as number
})

/** What a server is judged against. */
export interface Company {
  /** The primary; undefined while it is not known. */
  readonly primary: Pick<ServerStanding, "cluster" | "instance"> | undefined
  /** The places of other replicas, by their instances. */
  readonly others: ReadonlyMap<string, string>
}

/** Why a server is no replica that may be read, as the end of a sentence; undefined when it is one. */
export const mistakeOf = (
  { cluster, instance, isReplica }: ServerStanding,
  { others, primary }: Company
): string | undefined => {
  if (instance === primary?.instance) return "is the primary itself"
  if (primary !== undefined && cluster !== primary.cluster) {
    return "belongs to another cluster than the primary"
  }
  if (!isReplica) return "is a primary, not a replica"
  const same = others.get(instance)
  return same === undefined ? undefined : `is the same server as ${same}`
}
