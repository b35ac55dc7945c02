/** What a server says of itself in its tables: who it is, and what it asks of the database. */
import { hostname } from "node:os"
import { connectionShares } from "@holdfast/adapter-pg/effect"
import { contextsOf, type Service } from "../../cli/contextSettings.ts"
import type { SessionsInput } from "../../cli/databaseSettings.ts"
import type { Presence } from "../schemaUpkeep.ts"

/** The settings that it speaks of. */
export interface PresentInput
  extends Pick<SessionsInput, "databaseReplica" | "maxConnections" | "pooler"> {
  readonly service: Service
  readonly lanes: number | undefined
  readonly version: string
}

/** The most connections that a server opens to the primary. */
const connectionsOf = ({ databaseReplica, maxConnections, service }: PresentInput): number => {
  // One listens for each context, and one watches the primary where there are replicas.
  const watching = databaseReplica === undefined ? 0 : 1
  return maxConnections + contextsOf(service).length + watching
}

/** The same server in the tables of each of its contexts. */
export const presenceOf = (input: PresentInput): Presence => {
  const { lanes, maxConnections, pooler, version } = input
  const server = {
    serverId: crypto.randomUUID(),
    name: `${hostname()}:${process.pid}`,
    release: version,
    connections: connectionsOf(input),
    isPooled: pooler === "transaction"
  }
  const shares = connectionShares(maxConnections, lanes)
  // Changes of the catalog are few: it has one lane.
  return (context) => ({ ...server, lanes: context === "inventory" ? shares.lanes : 1 })
}
