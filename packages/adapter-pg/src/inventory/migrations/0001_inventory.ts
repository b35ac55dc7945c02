/**
 * The first schema of the inventory. Tables are named as the user named them. Every invariant of
 * the domain stands here a second time as a CHECK; the domain refuses first, these catch a bug.
 */

/** TRUNCATE passes row triggers by, and of a partition it passes its parent's by as well. */
const refuseTruncate = (schema: string, table: string) => `
create trigger ${table}_no_truncate before truncate on ${schema}.${table}
  for each statement execute function ${schema}.refuse_change();`

/**
 * The statements that make the inventory's schema. Databases hold the checksum of their joined
 * text, so not even a blank may change.
 */
export const inventory = (schema: string): ReadonlyArray<string> => [
  `
create table ${schema}.skus (
  id varchar(100) collate "C" primary key,
  code varchar(100) collate "C" not null,
  name varchar(255) not null,
  description text,
  weight decimal(10,3),
  volume decimal(10,3),
  backorder_limit bigint not null default 0,
  safety_stock bigint not null default 0,
  low_stock_threshold bigint,
  created_at timestamptz not null,
  archived_at timestamptz,
  constraint skus_code_key unique (code),
  constraint skus_policy_check check (backorder_limit >= 0 and safety_stock >= 0
    and (low_stock_threshold is null or low_stock_threshold >= 0))
);
`,
  `
create table ${schema}.locations (
  id varchar(100) collate "C" primary key,
  name varchar(255) not null,
  priority integer not null,
  is_default boolean not null,
  sellable boolean not null,
  active boolean not null,
  version bigint not null,
  constraint locations_default_check check (not is_default or (active and sellable))
);
`,
  `create unique index locations_one_default on ${schema}.locations (is_default) where is_default;
`,
  `insert into ${schema}.locations (id, name, priority, is_default, sellable, active, version)
  values ('default', 'Default location', 100, true, true, true, 1);
`,
  `
create table ${schema}.inventory (
  sku_id varchar(100) collate "C" not null references ${schema}.skus (id),
  location_id varchar(100) collate "C" not null references ${schema}.locations (id),
  total_quantity bigint not null default 0,
  reserved_quantity bigint not null default 0,
  promise_limit bigint not null default 0,
  movement_sequence bigint not null default 0,
  version bigint not null default 0,
  last_updated timestamptz not null,
  primary key (sku_id, location_id),
  constraint inventory_total_check
    check (total_quantity >= 0 and total_quantity <= 9007199254740991),
  constraint inventory_reserved_check
    check (reserved_quantity >= 0 and reserved_quantity <= total_quantity + promise_limit),
  constraint inventory_promise_limit_check check (promise_limit >= 0)
) with (fillfactor = 70);
`,
  `
create table ${schema}.reservations (
  id uuid primary key,
  sku_id varchar(100) collate "C" not null,
  location_id varchar(100) collate "C" not null,
  order_id varchar(100) collate "C" not null,
  line_id varchar(100),
  quantity bigint not null,
  fulfilled_quantity bigint not null default 0,
  status varchar(50) not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  resolved_at timestamptz,
  replaces uuid,
  constraint reservations_quantity_check
    check (quantity > 0 and fulfilled_quantity >= 0 and fulfilled_quantity <= quantity),
  constraint reservations_status_check check (
    case status
      when 'PENDING' then expires_at is not null and resolved_at is null
      when 'CONFIRMED' then expires_at is null and resolved_at is null
      when 'FULFILLED' then resolved_at is not null and fulfilled_quantity = quantity
      when 'RELEASED' then resolved_at is not null
      when 'EXPIRED' then resolved_at is not null
      else false
    end)
);
`,
  `create index reservations_order on ${schema}.reservations (order_id);
`,
  `create index reservations_open on ${schema}.reservations (sku_id, expires_at)
  where status in ('PENDING', 'CONFIRMED');
`,
  `create index reservations_expiry on ${schema}.reservations (expires_at)
  where status = 'PENDING';
`,
  `create unique index reservations_replaces on ${schema}.reservations (replaces)
  where replaces is not null;
`,
  `
create table ${schema}.stock_movements (
  id uuid not null,
  sku_id varchar(100) collate "C" not null,
  location_id varchar(100) collate "C" not null,
  sequence bigint not null,
  type varchar(50) not null,
  quantity bigint not null,
  balance_after bigint not null,
  reference varchar(255),
  reason varchar(255),
  actor varchar(255),
  transfer_id uuid,
  occurred_at timestamptz,
  created_at timestamptz not null,
  primary key (id, created_at),
  constraint stock_movements_type_check check (type in ('RECEIPT', 'SHIPMENT', 'ADJUSTMENT',
    'RETURN', 'TRANSFER_IN', 'TRANSFER_OUT', 'OPENING')),
  constraint stock_movements_balance_check check (balance_after >= 0 and sequence >= 1)
) partition by range (created_at);
`,
  `create index stock_movements_level on ${schema}.stock_movements
  (sku_id, location_id, created_at desc, sequence desc) include (quantity, balance_after);
`,
  `create index stock_movements_sku on ${schema}.stock_movements (sku_id, created_at desc, id desc);
`,
  `create table ${schema}.stock_movements_default
  partition of ${schema}.stock_movements default;
`,
  `
create sequence ${schema}.event_positions as bigint cache 1;
`,
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
  payload json not null
) partition by range (position);
`,
  `create table ${schema}.events_default partition of ${schema}.events default;
`,
  `
create table ${schema}.receipts (
  caller varchar(255) collate "C" not null,
  key varchar(255) collate "C" not null,
  fingerprint text not null,
  answer text not null,
  created_at timestamptz not null,
  primary key (caller, key)
);
`,
  `create index receipts_created_at on ${schema}.receipts (created_at);
`,
  `
create table ${schema}.batches (
  id uuid primary key,
  created_at timestamptz not null
);
`,
  `create index batches_created_at on ${schema}.batches (created_at);
`,
  `
create function ${schema}.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused', tg_op, tg_table_name using errcode = 'HF002';
end $$;
`,
  `create trigger skus_never_deleted before delete or update of id on ${schema}.skus
  for each row execute function ${schema}.refuse_change();
`,
  `create trigger stock_movements_append_only before update or delete on ${schema}.stock_movements
  for each row execute function ${schema}.refuse_change();
`,
  `create trigger events_append_only before update or delete on ${schema}.events
  for each row execute function ${schema}.refuse_change();
`,
  ...["skus", "stock_movements", "stock_movements_default", "events", "events_default"].map(
    (table) => refuseTruncate(schema, table)
  ),
  `
create function ${schema}.require_rows(written bigint, wanted bigint) returns void
language plpgsql as $$
begin
  if written <> wanted then
    raise exception 'wrote % rows of %', written, wanted using errcode = 'HF001';
  end if;
end $$;
`
]
