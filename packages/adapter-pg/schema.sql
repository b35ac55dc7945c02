-- The schema as the tests find it in the catalogs, on every server version alike.
-- Rewritten by: UPDATE_GOLDEN=1 vitest run packages/adapter-pg/test/schema.integration.test.ts

table audit
  "position" bigint not null
  record json not null
  event_positions bigint[] not null
  created_at timestamp with time zone not null

table audit_marks
  mark text collate "C" not null
  "position" bigint not null

table audit_private
  audit_id uuid not null
  salt character varying(64) not null
  key_id character varying(64) collate "C" not null
  ciphertext text not null

table batches
  id uuid not null
  created_at timestamp with time zone not null

table dead_letters
  cursor character varying(100) collate "C" not null
  id bigint not null
  "position" bigint not null
  event_id uuid not null
  cause text not null
  created_at timestamp with time zone not null

table dead_order_events
  event_id character varying(255) collate "C" not null
  order_id character varying(100) collate "C" not null
  event json not null
  happened_at timestamp with time zone not null
  cause text not null

table event_cursors with (fillfactor=50)
  name character varying(100) collate "C" not null
  kind character varying(20) not null
  "position" bigint not null
  event_id uuid
  epoch bigint not null
  owner character varying(255)
  lease_until timestamp with time zone
  updated_at timestamp with time zone not null
  reached_before bigint

table event_log
  is_only_row boolean not null default true
  horizon bigint not null default 0
  open_runs_until bigint not null default 0
  incarnation bigint not null default 1

table events partition by RANGE ("position")
  "position" bigint not null
  event_id uuid not null
  event_type character varying(100) not null
  aggregate_id character varying(100) collate "C" not null
  version bigint not null
  "timestamp" timestamp with time zone not null
  command_id uuid not null
  correlation_id character varying(255)
  traceparent character varying(255)
  payload json not null
  opens_run boolean not null default true

table import_problems
  import_id uuid not null
  record bigint not null
  part bigint not null
  line bigint not null
  column_name text
  column_number bigint
  code character varying(100) not null
  message text not null

table imports
  import_id uuid not null
  kind character varying(20) not null
  fingerprint character varying(64) collate "C" not null
  source text not null
  run bigint not null
  records bigint not null
  created bigint not null
  updated bigint not null
  unchanged bigint not null
  failed bigint not null
  bytes_done bigint not null
  bytes_total bigint not null
  status character varying(10) not null
  problem text
  alive_at timestamp with time zone not null
  created_at timestamp with time zone not null

table inbox
  consumer character varying(100) collate "C" not null
  event_id character varying(255) collate "C" not null
  handled_at timestamp with time zone not null

table inventory with (fillfactor=70)
  sku_id character varying(100) collate "C" not null
  location_id character varying(100) collate "C" not null
  total_quantity bigint not null default 0
  reserved_quantity bigint not null default 0
  promise_limit bigint not null default 0
  movement_sequence bigint not null default 0
  version bigint not null default 0
  last_updated timestamp with time zone not null

table key_usage
  key_id character varying(64) collate "C" not null
  encryptions bigint not null

table locations
  id character varying(100) collate "C" not null
  name character varying(255) not null
  priority integer not null
  is_default boolean not null
  sellable boolean not null
  active boolean not null
  version bigint not null

table migrations
  id bigint not null
  name text not null
  checksum text not null
  applied_at timestamp with time zone not null default clock_timestamp()
  works_from bigint

table missed_skus
  day date not null
  sku_id character varying(100) collate "C" not null
  shortages bigint not null
  units bigint not null

table order_customers
  order_id character varying(100) collate "C" not null
  ciphertext text not null
  key_id text not null default split_part(ciphertext, ':'::text, 2)
  changed_at timestamp with time zone not null

table orders
  order_id character varying(100) collate "C" not null
  version bigint not null
  status character varying(20) not null
  owner_id character varying(255)
  short json not null
  placed_at timestamp with time zone not null
  changed_at timestamp with time zone not null

table parked_order_events
  order_id character varying(100) collate "C" not null
  event_id character varying(255) collate "C" not null
  event json not null
  happened_at timestamp with time zone not null
  parked_at timestamp with time zone not null

table receipts
  caller character varying(255) collate "C" not null
  key character varying(255) collate "C" not null
  fingerprint text not null
  answer text not null
  created_at timestamp with time zone not null
  answer_version bigint not null default 1

table reservations
  id uuid not null
  sku_id character varying(100) collate "C" not null
  location_id character varying(100) collate "C" not null
  order_id character varying(100) collate "C" not null
  line_id character varying(100)
  quantity bigint not null
  fulfilled_quantity bigint not null default 0
  status character varying(50) not null
  expires_at timestamp with time zone
  created_at timestamp with time zone not null
  resolved_at timestamp with time zone
  replaces uuid
  release_reason character varying(50)
  option_id uuid
  bundle_id uuid
  per_bundle bigint
  owner_id character varying(255) collate "C"

table seal_anchors
  log character varying(10) not null
  number bigint not null
  last_position bigint not null
  digest character varying(64) not null
  created_at timestamp with time zone not null

table seals
  log character varying(10) not null
  number bigint not null
  last_position bigint not null
  leaves text not null
  previous character varying(64) not null
  digest character varying(64) not null
  ended_at timestamp with time zone not null
  sealed_at timestamp with time zone not null

table servers with (fillfactor=50)
  server_id uuid not null
  name character varying(255) not null
  release character varying(100) not null
  knows bigint not null
  lanes bigint not null
  connections bigint not null
  is_pooled boolean not null
  started_at timestamp with time zone not null
  seen_at timestamp with time zone not null

table skus
  id character varying(100) collate "C" not null
  code character varying(100) collate "C" not null
  name character varying(255) not null
  description text
  weight numeric(10,3)
  volume numeric(10,3)
  backorder_limit bigint not null default 0
  safety_stock bigint not null default 0
  low_stock_threshold bigint
  created_at timestamp with time zone not null
  archived_at timestamp with time zone

table stock_checks
  id smallint not null
  owner character varying(255)
  leased_until timestamp with time zone
  under_way json
  last json

table stock_movements partition by RANGE (created_at)
  id uuid not null
  sku_id character varying(100) collate "C" not null
  location_id character varying(100) collate "C" not null
  sequence bigint not null
  type character varying(50) not null
  quantity bigint not null
  balance_after bigint not null
  reference character varying(255)
  reason character varying(255)
  actor character varying(255)
  transfer_id uuid
  occurred_at timestamp with time zone
  created_at timestamp with time zone not null
  order_id character varying(100) collate "C"

table webhook_deliveries
  webhook_id uuid not null
  "position" bigint not null
  event_id uuid not null
  event_type character varying(100) not null
  aggregate_id character varying(100) collate "C" not null
  status character varying(10) not null
  tries bigint not null
  first_tried_at timestamp with time zone not null
  last_tried_at timestamp with time zone not null
  next_try_at timestamp with time zone
  http_status bigint
  problem text
  duration_millis bigint not null
  replays bigint not null

table webhooks
  webhook_id uuid not null
  url character varying(2000) not null
  description character varying(255)
  event_types text[]
  status character varying(10) not null
  paused_because text
  secret text not null
  previous_secret text
  previous_until timestamp with time zone
  replays bigint not null
  version bigint not null
  made_of text not null
  rotated_by text
  created_at timestamp with time zone not null
  updated_at timestamp with time zone not null
  last_delivered_at timestamp with time zone

constraints of audit
  audit_pkey PRIMARY KEY ("position")

constraints of audit_marks
  audit_marks_pkey PRIMARY KEY (mark, "position")

constraints of audit_private
  audit_private_pkey PRIMARY KEY (audit_id)

constraints of batches
  batches_pkey PRIMARY KEY (id)

constraints of dead_letters
  dead_letters_pkey PRIMARY KEY (cursor, id)

constraints of dead_order_events
  dead_order_events_pkey PRIMARY KEY (event_id)

constraints of event_cursors
  event_cursors_check CHECK (((owner IS NULL) = (lease_until IS NULL)))
  event_cursors_kind_check CHECK (((kind)::text = ANY ((ARRAY['PUBLISHER'::character varying, 'SUBSCRIPTION'::character varying, 'WEBHOOK'::character varying])::text[])))
  event_cursors_pkey PRIMARY KEY (name)
  event_cursors_position_check CHECK (("position" >= 0))

constraints of event_log
  event_log_is_only_row_check CHECK (is_only_row)
  event_log_pkey PRIMARY KEY (is_only_row)

constraints of events
  events_pkey PRIMARY KEY ("position")

constraints of import_problems
  import_problems_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports(import_id) ON DELETE CASCADE
  import_problems_pkey PRIMARY KEY (import_id, record, part)

constraints of imports
  imports_pkey PRIMARY KEY (import_id)
  imports_status_check CHECK (((status)::text = ANY ((ARRAY['RUNNING'::character varying, 'STOPPED'::character varying, 'FINISHED'::character varying])::text[])))

constraints of inbox
  inbox_pkey PRIMARY KEY (consumer, event_id)

constraints of inventory
  inventory_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  inventory_pkey PRIMARY KEY (sku_id, location_id)
  inventory_promise_limit_check CHECK ((promise_limit >= 0))
  inventory_reserved_check CHECK (((reserved_quantity >= 0) AND (reserved_quantity <= (total_quantity + promise_limit))))
  inventory_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES skus(id)
  inventory_total_check CHECK (((total_quantity >= 0) AND (total_quantity <= '9007199254740991'::bigint)))

constraints of key_usage
  key_usage_pkey PRIMARY KEY (key_id)

constraints of locations
  locations_default_check CHECK (((NOT is_default) OR (active AND sellable)))
  locations_pkey PRIMARY KEY (id)

constraints of migrations
  migrations_pkey PRIMARY KEY (id)

constraints of missed_skus
  missed_skus_pkey PRIMARY KEY (day, sku_id) INCLUDE (shortages, units)
  missed_skus_shortages_check CHECK ((shortages > 0))
  missed_skus_units_check CHECK ((units >= 0))

constraints of order_customers
  order_customers_pkey PRIMARY KEY (order_id)

constraints of orders
  orders_pkey PRIMARY KEY (order_id)
  orders_status_check CHECK (((status)::text = ANY ('{RESERVED,REJECTED,CONFIRMED,PAID_LATE,CANCELLED,FULFILLED}'::text[])))
  orders_version_check CHECK ((version > 0))

constraints of parked_order_events
  parked_order_events_pkey PRIMARY KEY (order_id, event_id)

constraints of receipts
  receipts_pkey PRIMARY KEY (caller, key)

constraints of reservations
  reservations_pkey PRIMARY KEY (id)
  reservations_quantity_check CHECK (((quantity > 0) AND (fulfilled_quantity >= 0) AND (fulfilled_quantity <= quantity)))
  reservations_status_check CHECK (
  CASE
      WHEN (resolved_at IS NULL) THEN ((release_reason IS NULL) AND ((status)::text =
      CASE
          WHEN (expires_at IS NULL) THEN 'CONFIRMED'::text
          ELSE 'PENDING'::text
      END))
      WHEN ((status)::text = 'FULFILLED'::text) THEN ((release_reason IS NULL) AND (fulfilled_quantity = quantity))
      WHEN (release_reason IS NULL) THEN ((status)::text = ANY ((ARRAY['RELEASED'::character varying, 'EXPIRED'::character varying])::text[]))
      ELSE ((((status)::text || '/'::text) || (release_reason)::text) = ANY ('{RELEASED/RELEASED,RELEASED/REPLACED,RELEASED/SHORTFALL,RELEASED/REACQUIRED,EXPIRED/REACQUIRED}'::text[]))
  END)

constraints of seal_anchors
  seal_anchors_log_check CHECK (((log)::text = ANY ((ARRAY['EVENTS'::character varying, 'AUDIT'::character varying])::text[])))
  seal_anchors_number_check CHECK ((number > 0))
  seal_anchors_pkey PRIMARY KEY (log, number)

constraints of seals
  seals_log_check CHECK (((log)::text = ANY ((ARRAY['EVENTS'::character varying, 'AUDIT'::character varying])::text[])))
  seals_number_check CHECK ((number > 0))
  seals_pkey PRIMARY KEY (log, number)

constraints of servers
  servers_pkey PRIMARY KEY (server_id)

constraints of skus
  skus_pkey PRIMARY KEY (id)
  skus_policy_check CHECK (((backorder_limit >= 0) AND (safety_stock >= 0) AND ((low_stock_threshold IS NULL) OR (low_stock_threshold >= 0))))

constraints of stock_checks
  stock_checks_id_check CHECK ((id = 1))
  stock_checks_pkey PRIMARY KEY (id)

constraints of stock_movements
  stock_movements_balance_check CHECK (((balance_after >= 0) AND (sequence >= 1)))
  stock_movements_pkey PRIMARY KEY (id, created_at)
  stock_movements_type_check CHECK (((type)::text = ANY ((ARRAY['RECEIPT'::character varying, 'SHIPMENT'::character varying, 'ADJUSTMENT'::character varying, 'RETURN'::character varying, 'TRANSFER_IN'::character varying, 'TRANSFER_OUT'::character varying, 'OPENING'::character varying])::text[])))

constraints of webhook_deliveries
  webhook_deliveries_pkey PRIMARY KEY (webhook_id, "position")
  webhook_deliveries_status_check CHECK (((status)::text = ANY ((ARRAY['DELIVERED'::character varying, 'WAITING'::character varying, 'FAILED'::character varying])::text[])))

constraints of webhooks
  webhooks_check CHECK (((previous_secret IS NULL) = (previous_until IS NULL)))
  webhooks_pkey PRIMARY KEY (webhook_id)
  webhooks_status_check CHECK (((status)::text = ANY ((ARRAY['ACTIVE'::character varying, 'PAUSED'::character varying])::text[])))

indexes of audit
  CREATE UNIQUE INDEX audit_pkey ON audit USING btree ("position")

indexes of audit_marks
  CREATE UNIQUE INDEX audit_marks_pkey ON audit_marks USING btree (mark, "position")

indexes of audit_private
  CREATE INDEX audit_private_key ON audit_private USING btree (key_id, audit_id)
  CREATE UNIQUE INDEX audit_private_pkey ON audit_private USING btree (audit_id)

indexes of batches
  CREATE UNIQUE INDEX batches_pkey ON batches USING btree (id)

indexes of dead_letters
  CREATE UNIQUE INDEX dead_letters_pkey ON dead_letters USING btree (cursor, id)

indexes of dead_order_events
  CREATE UNIQUE INDEX dead_order_events_pkey ON dead_order_events USING btree (event_id)

indexes of event_cursors
  CREATE UNIQUE INDEX event_cursors_pkey ON event_cursors USING btree (name)

indexes of event_log
  CREATE UNIQUE INDEX event_log_pkey ON event_log USING btree (is_only_row)

indexes of events
  CREATE INDEX events_order ON ONLY events USING btree (((payload ->> 'orderId'::text)), "position") WHERE ((event_type)::text <> 'stock.reserved'::text)
  CREATE UNIQUE INDEX events_pkey ON ONLY events USING btree ("position")
  CREATE INDEX events_runs ON ONLY events USING btree (aggregate_id, "position") WHERE opens_run
  CREATE INDEX events_type ON ONLY events USING btree (event_type, "position") WHERE ((event_type)::text <> 'stock.reserved'::text)

indexes of import_problems
  CREATE UNIQUE INDEX import_problems_pkey ON import_problems USING btree (import_id, record, part)

indexes of imports
  CREATE INDEX imports_fingerprint ON imports USING btree (fingerprint, created_at)
  CREATE UNIQUE INDEX imports_pkey ON imports USING btree (import_id)

indexes of inbox
  CREATE INDEX inbox_handled_at ON inbox USING btree (handled_at)
  CREATE UNIQUE INDEX inbox_pkey ON inbox USING btree (consumer, event_id)

indexes of inventory
  CREATE UNIQUE INDEX inventory_pkey ON inventory USING btree (sku_id, location_id)

indexes of key_usage
  CREATE UNIQUE INDEX key_usage_pkey ON key_usage USING btree (key_id)

indexes of locations
  CREATE UNIQUE INDEX locations_one_default ON locations USING btree (is_default) WHERE is_default
  CREATE UNIQUE INDEX locations_pkey ON locations USING btree (id)

indexes of migrations
  CREATE UNIQUE INDEX migrations_pkey ON migrations USING btree (id)

indexes of missed_skus
  CREATE UNIQUE INDEX missed_skus_pkey ON missed_skus USING btree (day, sku_id) INCLUDE (shortages, units)

indexes of order_customers
  CREATE UNIQUE INDEX order_customers_pkey ON order_customers USING btree (order_id)

indexes of orders
  CREATE UNIQUE INDEX orders_pkey ON orders USING btree (order_id)

indexes of parked_order_events
  CREATE INDEX parked_order_events_parked_at ON parked_order_events USING btree (parked_at)
  CREATE UNIQUE INDEX parked_order_events_pkey ON parked_order_events USING btree (order_id, event_id)

indexes of receipts
  CREATE INDEX receipts_created_at ON receipts USING btree (created_at)
  CREATE UNIQUE INDEX receipts_pkey ON receipts USING btree (caller, key)

indexes of reservations
  CREATE INDEX reservations_expiry ON reservations USING btree (expires_at) WHERE ((status)::text = 'PENDING'::text)
  CREATE INDEX reservations_history ON reservations USING btree (order_id, status, created_at, id) WHERE ((status)::text = ANY ((ARRAY['FULFILLED'::character varying, 'RELEASED'::character varying, 'EXPIRED'::character varying])::text[]))
  CREATE INDEX reservations_lines ON reservations USING btree (order_id) WHERE 
  CASE status
      WHEN 'EXPIRED'::text THEN (release_reason IS NULL)
      WHEN 'RELEASED'::text THEN ((release_reason)::text = 'SHORTFALL'::text)
      ELSE ((status)::text <> 'FULFILLED'::text)
  END
  CREATE INDEX reservations_open ON reservations USING btree (sku_id, expires_at) WHERE ((status)::text = ANY ((ARRAY['PENDING'::character varying, 'CONFIRMED'::character varying])::text[]))
  CREATE INDEX reservations_option ON reservations USING btree (option_id, status, bundle_id) WHERE (option_id IS NOT NULL)
  CREATE INDEX reservations_owner ON reservations USING btree (order_id, created_at, id) INCLUDE (owner_id) WHERE (owner_id IS NOT NULL)
  CREATE UNIQUE INDEX reservations_pkey ON reservations USING btree (id)
  CREATE UNIQUE INDEX reservations_replaces ON reservations USING btree (replaces) WHERE (replaces IS NOT NULL)
  CREATE INDEX reservations_taken_parts ON reservations USING btree (resolved_at) WHERE ((bundle_id IS NOT NULL) AND ((release_reason)::text = 'SHORTFALL'::text))

indexes of seal_anchors
  CREATE UNIQUE INDEX seal_anchors_pkey ON seal_anchors USING btree (log, number)

indexes of seals
  CREATE INDEX seals_ended_at ON seals USING btree (log, ended_at)
  CREATE UNIQUE INDEX seals_pkey ON seals USING btree (log, number)

indexes of servers
  CREATE UNIQUE INDEX servers_pkey ON servers USING btree (server_id)

indexes of skus
  CREATE UNIQUE INDEX skus_code_key ON skus USING btree (code) WHERE (archived_at IS NULL)
  CREATE UNIQUE INDEX skus_pkey ON skus USING btree (id)

indexes of stock_checks
  CREATE UNIQUE INDEX stock_checks_pkey ON stock_checks USING btree (id)

indexes of stock_movements
  CREATE INDEX stock_movements_level ON ONLY stock_movements USING btree (sku_id, location_id, created_at DESC, sequence DESC) INCLUDE (quantity, balance_after)
  CREATE INDEX stock_movements_order ON ONLY stock_movements USING btree (order_id, sku_id) WHERE (order_id IS NOT NULL)
  CREATE UNIQUE INDEX stock_movements_pkey ON ONLY stock_movements USING btree (id, created_at)
  CREATE INDEX stock_movements_reference ON ONLY stock_movements USING btree (reference, sku_id, created_at, id) WHERE (reference IS NOT NULL)
  CREATE INDEX stock_movements_sku ON ONLY stock_movements USING btree (sku_id, created_at DESC, id DESC)

indexes of webhook_deliveries
  CREATE INDEX webhook_deliveries_last_tried_at ON webhook_deliveries USING btree (last_tried_at)
  CREATE INDEX webhook_deliveries_open ON webhook_deliveries USING btree (webhook_id, status, "position") WHERE ((status)::text <> 'DELIVERED'::text)
  CREATE UNIQUE INDEX webhook_deliveries_pkey ON webhook_deliveries USING btree (webhook_id, "position")

indexes of webhooks
  CREATE UNIQUE INDEX webhooks_pkey ON webhooks USING btree (webhook_id)

triggers of audit
  CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_unless_anchored()
  CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of audit_marks
  CREATE TRIGGER audit_marks_append_only BEFORE DELETE OR UPDATE ON audit_marks FOR EACH ROW EXECUTE FUNCTION refuse_unless_anchored()
  CREATE TRIGGER audit_marks_no_truncate BEFORE TRUNCATE ON audit_marks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of events
  CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of seal_anchors
  CREATE TRIGGER seal_anchors_append_only BEFORE DELETE OR UPDATE ON seal_anchors FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER seal_anchors_no_truncate BEFORE TRUNCATE ON seal_anchors FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of seals
  CREATE TRIGGER seals_append_only BEFORE DELETE OR UPDATE ON seals FOR EACH ROW EXECUTE FUNCTION refuse_unless_anchored()
  CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of skus
  CREATE TRIGGER skus_never_deleted BEFORE DELETE OR UPDATE OF id ON skus FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER skus_no_truncate BEFORE TRUNCATE ON skus FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of stock_movements
  CREATE TRIGGER stock_movements_append_only BEFORE DELETE OR UPDATE ON stock_movements FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER stock_movements_no_truncate BEFORE TRUNCATE ON stock_movements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

sequences
  audit_positions as bigint start 1 increment 1024 cache 1
  dead_letters_id_seq as bigint start 1 increment 1 cache 1
  event_positions as bigint start 1 increment 1 cache 1

functions
  CREATE OR REPLACE FUNCTION refuse_change()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
  begin
    raise exception '% of % is refused', tg_op, tg_table_name using errcode = 'HF002';
  end $function$
  CREATE OR REPLACE FUNCTION refuse_unless_anchored()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
  declare
    is_pruned boolean := false;
  begin
    if tg_op = 'DELETE' and tg_table_name in ('audit', 'audit_marks') then
      select exists (select 1 from seal_anchors k
        where k.log = 'AUDIT' and k.last_position >= old.position) into is_pruned;
    elsif tg_op = 'DELETE' and tg_table_name = 'seals' then
      select exists (select 1 from seal_anchors k
        where k.log = old.log and k.number >= old.number) into is_pruned;
    end if;
    if is_pruned then
      return old;
    end if;
    raise exception '% of % is refused', tg_op, tg_table_name using errcode = 'HF002';
  end $function$
  CREATE OR REPLACE FUNCTION require_rows(written bigint, wanted bigint)
   RETURNS void
   LANGUAGE plpgsql
  AS $function$
  begin
    if written <> wanted then
      raise exception 'wrote % rows of %', written, wanted using errcode = 'HF001';
    end if;
  end $function$

default partitions
  events_default of events
  stock_movements_default of stock_movements
