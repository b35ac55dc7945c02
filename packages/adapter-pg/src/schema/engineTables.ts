/**
 * The tables that the engine needs in the schema of a context, whatever the context: its log, its
 * receipts and its batches, two functions that its statements and triggers call, the cursors of
 * those who follow the log, the inbox, and the webhooks.
 */

/** The function that triggers call to refuse a change. */
export const changeRefusal = (
  schema: string
): string => `create function ${schema}.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused', tg_op, tg_table_name using errcode = 'HF002';
end $$`

/** The statements that make the log, the receipts and the batches. */
export const logTables = (schema: string): ReadonlyArray<string> => [
  `create sequence ${schema}.event_positions as bigint cache 1`,
  `create table ${schema}.events (
  position bigint primary key,
  event_id uuid not null,
  event_type varchar(100) not null,
  aggregate_id varchar(100) collate "C" not null,
  version bigint not null,
  "timestamp" timestamptz not null,
  command_id uuid not null,
  correlation_id varchar(255),
  traceparent varchar(255),
  payload json not null,
  opens_run boolean not null default true
) partition by range (position)`,
  `create index events_runs on ${schema}.events (aggregate_id, position) where opens_run`,
  `create table ${schema}.events_default partition of ${schema}.events default`,
  `create table ${schema}.receipts (
  caller varchar(255) collate "C" not null,
  key varchar(255) collate "C" not null,
  fingerprint text not null,
  answer text not null,
  answer_version bigint not null,
  created_at timestamptz not null,
  primary key (caller, key)
)`,
  `create index receipts_created_at on ${schema}.receipts (created_at)`,
  `create table ${schema}.batches (
  id uuid primary key,
  created_at timestamptz not null
)`,
  changeRefusal(schema),
  `create trigger events_append_only before update or delete on ${schema}.events
  for each row execute function ${schema}.refuse_change()`,
  ...["events", "events_default"].map(
    (table) => `create trigger ${table}_no_truncate before truncate on ${schema}.${table}
  for each statement execute function ${schema}.refuse_change()`
  ),
  `create function ${schema}.require_rows(written bigint, wanted bigint) returns void
language plpgsql as $$
begin
  if written <> wanted then
    raise exception 'wrote % rows of %', written, wanted using errcode = 'HF001';
  end if;
end $$`
]

/** The statements that make the cursors of a log. */
export const cursorTables = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.event_log (
  is_only_row boolean primary key default true check (is_only_row),
  horizon bigint not null default 0
)`,
  `insert into ${schema}.event_log default values`,
  `create table ${schema}.event_cursors (
  name varchar(100) collate "C" primary key,
  kind varchar(20) not null check (kind in ('PUBLISHER', 'SUBSCRIPTION', 'WEBHOOK')),
  position bigint not null check (position >= 0),
  event_id uuid,
  epoch bigint not null,
  owner varchar(255),
  lease_until timestamptz,
  updated_at timestamptz not null,
  check ((owner is null) = (lease_until is null))
) with (fillfactor = 50)`,
  `create table ${schema}.dead_letters (
  cursor varchar(100) collate "C" not null,
  id bigint generated always as identity,
  position bigint not null,
  event_id uuid not null,
  cause text not null,
  created_at timestamptz not null,
  primary key (cursor, id)
)`
]

/** The statements that make the inbox: which events of elsewhere a consumer has handled here. */
export const inboxTables = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.inbox (
  consumer varchar(100) collate "C" not null,
  event_id varchar(255) collate "C" not null,
  handled_at timestamptz not null,
  primary key (consumer, event_id)
)`,
  `create index inbox_handled_at on ${schema}.inbox (handled_at)`
]

/**
 * The statements that let old events be dropped, and a restored log be adopted. Events up to
 * `open_runs_until` may belong to a run whose opening was dropped. A cursor that had
 * reached `reached_before`, of which the log has another event or none, is suspended.
 */
export const logRetention = (schema: string): ReadonlyArray<string> => [
  `alter table ${schema}.event_log add column open_runs_until bigint not null default 0`,
  `alter table ${schema}.event_log add column incarnation bigint not null default 1`,
  `alter table ${schema}.event_cursors add column reached_before bigint`
]

/** The statements that make the webhooks of a log, and the notes of what became of each event. */
export const webhookTables = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.webhooks (
  webhook_id uuid primary key,
  url varchar(2000) not null,
  description varchar(255),
  event_types text[],
  status varchar(10) not null check (status in ('ACTIVE', 'PAUSED')),
  paused_because text,
  secret text not null,
  previous_secret text,
  previous_until timestamptz,
  replays bigint not null,
  version bigint not null,
  made_of text not null,
  rotated_by text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_delivered_at timestamptz,
  check ((previous_secret is null) = (previous_until is null))
)`,
  `create table ${schema}.webhook_deliveries (
  webhook_id uuid not null,
  position bigint not null,
  event_id uuid not null,
  event_type varchar(100) not null,
  aggregate_id varchar(100) collate "C" not null,
  status varchar(10) not null check (status in ('DELIVERED', 'WAITING', 'FAILED')),
  tries bigint not null,
  first_tried_at timestamptz not null,
  last_tried_at timestamptz not null,
  next_try_at timestamptz,
  http_status bigint,
  problem text,
  duration_millis bigint not null,
  replays bigint not null,
  primary key (webhook_id, position)
)`,
  `create index webhook_deliveries_open on ${schema}.webhook_deliveries (webhook_id, status, position)
  where status <> 'DELIVERED'`,
  `create index webhook_deliveries_last_tried_at on ${schema}.webhook_deliveries (last_tried_at)`
]

/** Imports of files and the problems of their rows, for a context that takes any. */
export const importTables = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.imports (
  import_id uuid primary key,
  kind varchar(20) not null,
  fingerprint varchar(64) collate "C" not null,
  source text not null,
  run bigint not null,
  records bigint not null,
  created bigint not null,
  updated bigint not null,
  unchanged bigint not null,
  failed bigint not null,
  bytes_done bigint not null,
  bytes_total bigint not null,
  status varchar(10) not null check (status in ('RUNNING', 'STOPPED', 'FINISHED')),
  problem text,
  alive_at timestamptz not null,
  created_at timestamptz not null
)`,
  `create index imports_fingerprint on ${schema}.imports (fingerprint, created_at)`,
  `create table ${schema}.import_problems (
  import_id uuid not null references ${schema}.imports (import_id) on delete cascade,
  record bigint not null,
  part bigint not null,
  line bigint not null,
  column_name text,
  column_number bigint,
  code varchar(100) not null,
  message text not null,
  primary key (import_id, record, part)
)`
]

/** A right on a table. A statement that locks rows for its own change needs UPDATE. */
export type TableRight = "SELECT" | "INSERT" | "UPDATE" | "DELETE"

/** The rights on the tables of a context, by the name of the table. */
export type TableRights = Readonly<Record<string, ReadonlyArray<TableRight>>>

/** Rows that are written once and stay. */
export const appended: ReadonlyArray<TableRight> = ["SELECT", "INSERT"]

/** Rows that are written and changed, and stay. */
export const changed: ReadonlyArray<TableRight> = [...appended, "UPDATE"]

/** Rows that come and go. */
export const kept: ReadonlyArray<TableRight> = [...changed, "DELETE"]

/** The rights on the tables that every context has. Partitions have those of their table. */
export const engineRights: TableRights = {
  migrations: ["SELECT"],
  events: appended,
  // Whether rows went there is a question about the partition itself.
  events_default: ["SELECT"],
  event_log: ["SELECT", "UPDATE"],
  event_cursors: kept,
  dead_letters: kept,
  receipts: kept,
  batches: kept,
  inbox: kept,
  webhooks: kept,
  webhook_deliveries: kept,
  imports: changed,
  import_problems: kept,
  audit: appended,
  audit_marks: appended,
  audit_private: appended,
  seals: appended,
  seal_anchors: ["SELECT"],
  key_usage: changed,
  servers: kept
}
const appendOnly = (schema: string, table: string): ReadonlyArray<string> => [
  `create trigger ${table}_append_only before update or delete on ${schema}.${table}
  for each row execute function ${schema}.refuse_change()`,
  `create trigger ${table}_no_truncate before truncate on ${schema}.${table}
  for each statement execute function ${schema}.refuse_change()`
]

/**
 * The audit log of a context: its records, where requests came from, the seals over it and over the log
 * of events, and an index of what is sealed. A batch fills no index but the primary key: 500 records with
 * four more, and a column for each field, cost it a third of what all else did. Counts of keys are shared by
 * all processes.
 */
export const auditTables = (schema: string): ReadonlyArray<string> => [
  `create sequence ${schema}.audit_positions as bigint cache 1`,
  `create table ${schema}.audit (
  position bigint primary key,
  record json not null,
  event_positions bigint[] not null,
  created_at timestamptz not null
)`,
  `create table ${schema}.audit_marks (
  mark text collate "C" not null,
  position bigint not null,
  primary key (mark, position)
)`,
  `create table ${schema}.audit_private (
  audit_id uuid primary key,
  salt varchar(64) not null,
  key_id varchar(64) collate "C" not null,
  ciphertext text not null
)`,
  `create index audit_private_key on ${schema}.audit_private (key_id, audit_id)`,
  `create table ${schema}.seals (
  log varchar(10) not null check (log in ('EVENTS', 'AUDIT')),
  number bigint not null check (number > 0),
  last_position bigint not null,
  leaves text not null,
  previous varchar(64) not null,
  digest varchar(64) not null,
  ended_at timestamptz not null,
  sealed_at timestamptz not null,
  primary key (log, number)
)`,
  `create index seals_ended_at on ${schema}.seals (log, ended_at)`,
  `create table ${schema}.key_usage (
  key_id varchar(64) collate "C" primary key,
  encryptions bigint not null
)`,
  ...appendOnly(schema, "audit"),
  ...appendOnly(schema, "seals")
]

/** How many records of a batch share one draw of a position; the numbers that are left over stay unused. */
export const auditBlock = 1_024

/** Lets one draw give a batch the positions of its records. Those of before are not drawn again. */
export const auditBlocks = (schema: string): ReadonlyArray<string> => [
  `alter sequence ${schema}.audit_positions increment by ${auditBlock}`
]

/**
 * What lets old records and old seals be dropped: an anchor is the last seal of what was. Behind it alone the
 * triggers let rows be deleted; and an anchor itself stays.
 */
export const prunedAudit = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.seal_anchors (
  log varchar(10) not null check (log in ('EVENTS', 'AUDIT')),
  number bigint not null check (number > 0),
  last_position bigint not null,
  digest varchar(64) not null,
  created_at timestamptz not null,
  primary key (log, number)
)`,
  ...appendOnly(schema, "seal_anchors"),
  `create function ${schema}.refuse_unless_anchored() returns trigger language plpgsql as $$
declare
  is_pruned boolean := false;
begin
  if tg_op = 'DELETE' and tg_table_name = 'audit' then
    select exists (select 1 from ${schema}.seal_anchors k
      where k.log = 'AUDIT' and k.last_position >= old.position) into is_pruned;
  elsif tg_op = 'DELETE' and tg_table_name = 'seals' then
    select exists (select 1 from ${schema}.seal_anchors k
      where k.log = old.log and k.number >= old.number) into is_pruned;
  end if;
  if is_pruned then
    return old;
  end if;
  raise exception '% of % is refused', tg_op, tg_table_name using errcode = 'HF002';
end $$`,
  ...["audit", "seals"].flatMap((table) => [
    `drop trigger ${table}_append_only on ${schema}.${table}`,
    `create trigger ${table}_append_only before update or delete on ${schema}.${table}
  for each row execute function ${schema}.refuse_unless_anchored()`
  ])
]

/**
 * Marks are as fixed as the records that questions find by them: they go with records that are dropped behind an
 * anchor, and in no other way.
 */
export const fixedMarks = (schema: string): ReadonlyArray<string> => [
  `create or replace function ${schema}.refuse_unless_anchored() returns trigger language plpgsql as $$
declare
  is_pruned boolean := false;
begin
  if tg_op = 'DELETE' and tg_table_name in ('audit', 'audit_marks') then
    select exists (select 1 from ${schema}.seal_anchors k
      where k.log = 'AUDIT' and k.last_position >= old.position) into is_pruned;
  elsif tg_op = 'DELETE' and tg_table_name = 'seals' then
    select exists (select 1 from ${schema}.seal_anchors k
      where k.log = old.log and k.number >= old.number) into is_pruned;
  end if;
  if is_pruned then
    return old;
  end if;
  raise exception '% of % is refused', tg_op, tg_table_name using errcode = 'HF002';
end $$`,
  `create trigger audit_marks_append_only before update or delete on ${schema}.audit_marks
  for each row execute function ${schema}.refuse_unless_anchored()`,
  `create trigger audit_marks_no_truncate before truncate on ${schema}.audit_marks
  for each statement execute function ${schema}.refuse_change()`
]

/**
 * Which servers run on the tables: of which release, up to which migration they know them, and what they
 * ask of the database. A server that was not seen for a minute has ended.
 */
export const serverTable = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.servers (
  server_id uuid primary key,
  name varchar(255) not null,
  release varchar(100) not null,
  knows bigint not null,
  lanes bigint not null,
  connections bigint not null,
  is_pooled boolean not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
) with (fillfactor = 50)`
]

/** Those that there were when the catalog was born. */
export const firstEngineTables = (schema: string): ReadonlyArray<string> => [
  ...logTables(schema),
  ...cursorTables(schema),
  ...inboxTables(schema),
  ...logRetention(schema),
  ...webhookTables(schema)
]

/** All of them; the first migration of a new context runs them before its own. */
export const engineTables = (schema: string): ReadonlyArray<string> => [
  ...firstEngineTables(schema),
  ...auditTables(schema),
  ...auditBlocks(schema),
  ...prunedAudit(schema),
  ...serverTable(schema),
  ...fixedMarks(schema)
]
