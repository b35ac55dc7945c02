/**
 * The tables that the engine needs in the schema of a context, whatever the context: its log, its
 * receipts and its batches, and two functions that its statements and triggers call.
 */

/** The statements that make them; the first migration of a context runs them before its own. */
export const engineTables = (schema: string): ReadonlyArray<string> => [
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
  `create function ${schema}.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused', tg_op, tg_table_name using errcode = 'HF002';
end $$`,
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
