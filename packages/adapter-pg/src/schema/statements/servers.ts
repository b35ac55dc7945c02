import { bools, int8, type Query, query, text } from "../../connection/Query.ts"

/** What a server says of itself. */
export interface NotedServer {
  /** A UUID that it draws as it starts. */
  readonly serverId: string
  /** Its host and process, for people. */
  readonly name: string
  readonly release: string
  /** The newest migration that it knows. */
  readonly knows: number
  /** Batches that it runs side by side. */
  readonly lanes: number
  /** The most connections that it opens to the database. */
  readonly connections: number
  /** Whether a pooler stands between it and the database. */
  readonly isPooled: boolean
}

/** Forgets servers that have not been seen for an hour: they were killed. Index: none, few rows. Lock: the rows. */
export const forgetLost = (schema: string): Query =>
  query(`
delete from ${schema}.servers where server_id in (
  select server_id from ${schema}.servers
  where seen_at < clock_timestamp() - interval '1 hour' for update skip locked)`)

/** Notes that a server runs. Index: servers_pkey. Lock: the row. */
export const noteServer = (schema: string) => {
  const sql = `
insert into ${schema}.servers as s
  (server_id, name, release, knows, lanes, connections, is_pooled, started_at, seen_at)
select $1::uuid, $2, $3, $4, $5, $6, ($7::bool[])[1], clock_timestamp(), clock_timestamp()
on conflict (server_id) do update set seen_at = excluded.seen_at`
  return (server: NotedServer): Query =>
    query(
      sql,
      text(server.serverId),
      text(server.name),
      text(server.release),
      int8(server.knows),
      int8(server.lanes),
      int8(server.connections),
      bools([server.isPooled])
    )
}

/** Forgets a server that ends. Index: servers_pkey. Lock: the row. */
export const forgetServer =
  (schema: string) =>
  (serverId: string): Query =>
    query(`delete from ${schema}.servers where server_id = $1::uuid`, text(serverId))

/** The servers that were seen within a minute, in the order in which they started. Index: none, few rows. Lock: none. */
export const readServers = (schema: string): Query =>
  query(`
select server_id::text, name::text, release::text, knows::float8, lanes::float8,
  connections::float8, is_pooled
from ${schema}.servers where seen_at > clock_timestamp() - interval '1 minute'
order by started_at, server_id`)

/** Whether a schema has the servers. Index: none, catalogs. Lock: none. */
export const findServers = (schema: string): Query =>
  query("select to_regclass($1) is not null as found", text(`${schema}.servers`))
