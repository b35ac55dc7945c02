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

table categories
  id uuid not null
  name character varying(255) collate "C" not null
  translations json not null
  parent_id uuid
  level integer not null
  sort_order integer not null
  is_active boolean not null
  external_id character varying(255) collate "C"
  version bigint not null

table dead_letters
  cursor character varying(100) collate "C" not null
  id bigint not null
  "position" bigint not null
  event_id uuid not null
  cause text not null
  created_at timestamp with time zone not null

table deleted_ids
  aggregate_type character varying(20) collate "C" not null
  id uuid not null
  deleted_at timestamp with time zone not null

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

table followed_stock
  product_id uuid not null
  sku_id character varying(100) collate "C" not null
  version bigint not null

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

table key_usage
  key_id character varying(64) collate "C" not null
  encryptions bigint not null

table migrations
  id bigint not null
  name text not null
  checksum text not null
  applied_at timestamp with time zone not null default clock_timestamp()
  works_from bigint

table product_attribute_values
  product_id uuid not null
  "position" integer not null
  code character varying(64) collate "C" not null
  value character varying(255) collate "C" not null
  number double precision

table product_attributes
  id uuid not null
  code character varying(64) collate "C" not null
  name character varying(255) not null
  translations json not null
  kind character varying(10) not null
  unit character varying(50)
  choices json not null
  product_type character varying(50)
  is_filterable boolean not null
  is_active boolean not null
  version bigint not null

table product_categories
  product_id uuid not null
  category_id uuid not null
  is_primary boolean not null
  "position" integer not null
  status character varying(50) collate "C" not null
  type character varying(50) collate "C" not null
  name character varying(255) collate "C" not null
  currency character varying(3) collate "C"
  lowest_price numeric(19,4)
  highest_price numeric(19,4)
  created_at timestamp with time zone not null

table product_images
  product_id uuid not null
  "position" integer not null
  url character varying(2000) not null
  alt character varying(255)
  is_primary boolean not null

table product_options
  id uuid not null
  product_id uuid not null
  name character varying(255) not null
  translations json not null
  price numeric(19,4)
  currency character(3)
  status character varying(50) not null
  status_by character varying(10) not null
  "position" integer not null
  external_id character varying(255) collate "C"
  created_at timestamp with time zone not null

table product_search
  product_id uuid not null
  words tsvector not null
  text text not null

table product_slugs
  slug character varying(255) collate "C" not null
  product_id uuid not null

table product_views
  day date not null
  product_id uuid not null
  views bigint not null

table products
  id uuid not null
  name character varying(255) collate "C" not null
  description text
  translations json not null
  type character varying(50) collate "C" not null
  status character varying(50) collate "C" not null
  external_id character varying(255) collate "C"
  slug character varying(255) collate "C"
  metadata json
  publish_at timestamp with time zone
  unpublish_at timestamp with time zone
  version bigint not null
  revision bigint not null
  lowest_price numeric(19,4)
  created_at timestamp with time zone not null
  updated_at timestamp with time zone not null
  attributes json not null default '{}'::json
  highest_price numeric(19,4)
  currency character varying(3) collate "C"

table receipts
  caller character varying(255) collate "C" not null
  key character varying(255) collate "C" not null
  fingerprint text not null
  answer text not null
  answer_version bigint not null
  created_at timestamp with time zone not null

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

table sku_mappings
  option_id uuid not null
  sku_id character varying(100) collate "C" not null
  product_id uuid not null
  quantity bigint not null
  "position" integer not null

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

constraints of categories
  categories_external_id_key UNIQUE (external_id) DEFERRABLE
  categories_level_check CHECK ((((level >= 0) AND (level <= 19)) AND ((level = 0) = (parent_id IS NULL)) AND (parent_id <> id)))
  categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories(id) DEFERRABLE INITIALLY DEFERRED
  categories_pkey PRIMARY KEY (id)
  categories_siblings_key UNIQUE NULLS NOT DISTINCT (parent_id, name) DEFERRABLE

constraints of dead_letters
  dead_letters_pkey PRIMARY KEY (cursor, id)

constraints of deleted_ids
  deleted_ids_pkey PRIMARY KEY (aggregate_type, id)

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

constraints of followed_stock
  followed_stock_pkey PRIMARY KEY (product_id, sku_id)
  followed_stock_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE

constraints of import_problems
  import_problems_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports(import_id) ON DELETE CASCADE
  import_problems_pkey PRIMARY KEY (import_id, record, part)

constraints of imports
  imports_pkey PRIMARY KEY (import_id)
  imports_status_check CHECK (((status)::text = ANY ((ARRAY['RUNNING'::character varying, 'STOPPED'::character varying, 'FINISHED'::character varying])::text[])))

constraints of inbox
  inbox_pkey PRIMARY KEY (consumer, event_id)

constraints of key_usage
  key_usage_pkey PRIMARY KEY (key_id)

constraints of migrations
  migrations_pkey PRIMARY KEY (id)

constraints of product_attribute_values
  product_attribute_values_code_fkey FOREIGN KEY (code) REFERENCES product_attributes(code)
  product_attribute_values_pkey PRIMARY KEY (product_id, "position")
  product_attribute_values_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE

constraints of product_attributes
  product_attributes_code_key UNIQUE (code)
  product_attributes_kind_check CHECK (((kind)::text = ANY ((ARRAY['TEXT'::character varying, 'NUMBER'::character varying, 'BOOLEAN'::character varying, 'CHOICE'::character varying])::text[])))
  product_attributes_pkey PRIMARY KEY (id)
  product_attributes_type_check CHECK (((product_type)::text = ANY ((ARRAY['NORMAL'::character varying, 'BUNDLE'::character varying])::text[])))

constraints of product_categories
  product_categories_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories(id)
  product_categories_pkey PRIMARY KEY (product_id, category_id)
  product_categories_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE

constraints of product_images
  product_images_pkey PRIMARY KEY (product_id, "position")
  product_images_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE

constraints of product_options
  product_options_external_id_key UNIQUE (external_id) DEFERRABLE
  product_options_pkey PRIMARY KEY (id)
  product_options_price_check CHECK (((price >= (0)::numeric) AND ((price IS NULL) = (currency IS NULL))))
  product_options_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE
  product_options_status_check CHECK ((((status)::text = ANY ((ARRAY['ACTIVE'::character varying, 'INACTIVE'::character varying, 'SOLD_OUT'::character varying])::text[])) AND (((status_by)::text = 'PERSON'::text) OR (((status_by)::text = 'STOCK'::text) AND ((status)::text <> 'INACTIVE'::text)))))

constraints of product_search
  product_search_pkey PRIMARY KEY (product_id)
  product_search_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE

constraints of product_slugs
  product_slugs_pkey PRIMARY KEY (slug)
  product_slugs_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE

constraints of product_views
  product_views_pkey PRIMARY KEY (day, product_id) INCLUDE (views)
  product_views_views_check CHECK ((views > 0))

constraints of products
  products_external_id_key UNIQUE (external_id) DEFERRABLE
  products_pkey PRIMARY KEY (id)
  products_prices_check CHECK ((((lowest_price IS NULL) = (currency IS NULL)) AND ((lowest_price IS NULL) = (highest_price IS NULL)) AND (lowest_price <= highest_price)))
  products_status_check CHECK (((status)::text = ANY ((ARRAY['DRAFT'::character varying, 'ACTIVE'::character varying, 'INACTIVE'::character varying, 'DISCONTINUED'::character varying])::text[])))
  products_type_check CHECK (((type)::text = ANY ((ARRAY['NORMAL'::character varying, 'BUNDLE'::character varying])::text[])))
  products_version_check CHECK (((revision >= 1) AND (revision <= version)))

constraints of receipts
  receipts_pkey PRIMARY KEY (caller, key)

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

constraints of sku_mappings
  sku_mappings_option_id_fkey FOREIGN KEY (option_id) REFERENCES product_options(id) ON DELETE CASCADE
  sku_mappings_pkey PRIMARY KEY (sku_id, option_id) INCLUDE (product_id, quantity)
  sku_mappings_quantity_check CHECK (((quantity >= 1) AND (quantity <= 1000000000)))

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

indexes of categories
  CREATE UNIQUE INDEX categories_external_id_key ON categories USING btree (external_id)
  CREATE UNIQUE INDEX categories_pkey ON categories USING btree (id)
  CREATE UNIQUE INDEX categories_siblings_key ON categories USING btree (parent_id, name) NULLS NOT DISTINCT

indexes of dead_letters
  CREATE UNIQUE INDEX dead_letters_pkey ON dead_letters USING btree (cursor, id)

indexes of deleted_ids
  CREATE UNIQUE INDEX deleted_ids_pkey ON deleted_ids USING btree (aggregate_type, id)

indexes of event_cursors
  CREATE UNIQUE INDEX event_cursors_pkey ON event_cursors USING btree (name)

indexes of event_log
  CREATE UNIQUE INDEX event_log_pkey ON event_log USING btree (is_only_row)

indexes of events
  CREATE UNIQUE INDEX events_pkey ON ONLY events USING btree ("position")
  CREATE INDEX events_runs ON ONLY events USING btree (aggregate_id, "position") WHERE opens_run
  CREATE INDEX events_type ON ONLY events USING btree (event_type, "position")

indexes of followed_stock
  CREATE UNIQUE INDEX followed_stock_pkey ON followed_stock USING btree (product_id, sku_id)

indexes of import_problems
  CREATE UNIQUE INDEX import_problems_pkey ON import_problems USING btree (import_id, record, part)

indexes of imports
  CREATE INDEX imports_fingerprint ON imports USING btree (fingerprint, created_at)
  CREATE UNIQUE INDEX imports_pkey ON imports USING btree (import_id)

indexes of inbox
  CREATE INDEX inbox_handled_at ON inbox USING btree (handled_at)
  CREATE UNIQUE INDEX inbox_pkey ON inbox USING btree (consumer, event_id)

indexes of key_usage
  CREATE UNIQUE INDEX key_usage_pkey ON key_usage USING btree (key_id)

indexes of migrations
  CREATE UNIQUE INDEX migrations_pkey ON migrations USING btree (id)

indexes of product_attribute_values
  CREATE INDEX product_attribute_values_number ON product_attribute_values USING btree (lower((code)::text), number) INCLUDE (product_id) WHERE (number IS NOT NULL)
  CREATE UNIQUE INDEX product_attribute_values_pkey ON product_attribute_values USING btree (product_id, "position")
  CREATE INDEX product_attribute_values_value ON product_attribute_values USING btree (code, value) INCLUDE (product_id)

indexes of product_attributes
  CREATE UNIQUE INDEX product_attributes_code_key ON product_attributes USING btree (code)
  CREATE UNIQUE INDEX product_attributes_pkey ON product_attributes USING btree (id)

indexes of product_categories
  CREATE INDEX product_categories_created_at ON product_categories USING btree (category_id, status, type, created_at) INCLUDE (product_id, currency, lowest_price, highest_price)
  CREATE INDEX product_categories_lowest_price ON product_categories USING btree (category_id, status, type, lowest_price) INCLUDE (product_id, currency, highest_price)
  CREATE INDEX product_categories_name ON product_categories USING btree (category_id, status, type, name) INCLUDE (product_id, currency, lowest_price, highest_price)
  CREATE UNIQUE INDEX product_categories_one_primary ON product_categories USING btree (product_id) WHERE is_primary
  CREATE UNIQUE INDEX product_categories_pkey ON product_categories USING btree (product_id, category_id)

indexes of product_images
  CREATE UNIQUE INDEX product_images_one_primary ON product_images USING btree (product_id) WHERE is_primary
  CREATE UNIQUE INDEX product_images_pkey ON product_images USING btree (product_id, "position")

indexes of product_options
  CREATE UNIQUE INDEX product_options_external_id_key ON product_options USING btree (external_id)
  CREATE UNIQUE INDEX product_options_pkey ON product_options USING btree (id)
  CREATE INDEX product_options_price ON product_options USING btree (currency, price) INCLUDE (product_id) WHERE ((status)::text <> 'INACTIVE'::text)
  CREATE INDEX product_options_product ON product_options USING btree (product_id, "position")

indexes of product_search
  CREATE UNIQUE INDEX product_search_pkey ON product_search USING btree (product_id)
  CREATE INDEX product_search_words ON product_search USING gin (words)

indexes of product_slugs
  CREATE UNIQUE INDEX product_slugs_pkey ON product_slugs USING btree (slug)
  CREATE INDEX product_slugs_product ON product_slugs USING btree (product_id)

indexes of product_views
  CREATE UNIQUE INDEX product_views_pkey ON product_views USING btree (day, product_id) INCLUDE (views)

indexes of products
  CREATE INDEX products_created_at ON products USING btree (status, type, created_at, id)
  CREATE INDEX products_created_at_desc ON products USING btree (status, type, created_at DESC, id)
  CREATE UNIQUE INDEX products_external_id_key ON products USING btree (external_id)
  CREATE INDEX products_lowest_price ON products USING btree (status, type, lowest_price, id)
  CREATE INDEX products_lowest_price_desc ON products USING btree (status, type, lowest_price DESC, id)
  CREATE INDEX products_name ON products USING btree (status, type, name, id)
  CREATE INDEX products_name_desc ON products USING btree (status, type, name DESC, id)
  CREATE UNIQUE INDEX products_pkey ON products USING btree (id)

indexes of receipts
  CREATE INDEX receipts_created_at ON receipts USING btree (created_at)
  CREATE UNIQUE INDEX receipts_pkey ON receipts USING btree (caller, key)

indexes of seal_anchors
  CREATE UNIQUE INDEX seal_anchors_pkey ON seal_anchors USING btree (log, number)

indexes of seals
  CREATE INDEX seals_ended_at ON seals USING btree (log, ended_at)
  CREATE UNIQUE INDEX seals_pkey ON seals USING btree (log, number)

indexes of servers
  CREATE UNIQUE INDEX servers_pkey ON servers USING btree (server_id)

indexes of sku_mappings
  CREATE INDEX sku_mappings_option ON sku_mappings USING btree (option_id)
  CREATE UNIQUE INDEX sku_mappings_pkey ON sku_mappings USING btree (sku_id, option_id) INCLUDE (product_id, quantity)
  CREATE INDEX sku_mappings_product ON sku_mappings USING btree (product_id)
  CREATE INDEX sku_mappings_several_units ON sku_mappings USING btree (sku_id) WHERE (quantity > 1)

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

triggers of categories
  CREATE TRIGGER categories_keep_their_ids BEFORE UPDATE OF id ON categories FOR EACH ROW EXECUTE FUNCTION refuse_change()

triggers of deleted_ids
  CREATE TRIGGER deleted_ids_append_only BEFORE DELETE OR UPDATE ON deleted_ids FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER deleted_ids_no_truncate BEFORE TRUNCATE ON deleted_ids FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of events
  CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of product_attributes
  CREATE TRIGGER product_attributes_keep_their_names BEFORE UPDATE OF id, code, kind, product_type ON product_attributes FOR EACH ROW EXECUTE FUNCTION refuse_change()

triggers of products
  CREATE TRIGGER products_keep_their_ids BEFORE UPDATE OF id ON products FOR EACH ROW EXECUTE FUNCTION refuse_change()

triggers of seal_anchors
  CREATE TRIGGER seal_anchors_append_only BEFORE DELETE OR UPDATE ON seal_anchors FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER seal_anchors_no_truncate BEFORE TRUNCATE ON seal_anchors FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of seals
  CREATE TRIGGER seals_append_only BEFORE DELETE OR UPDATE ON seals FOR EACH ROW EXECUTE FUNCTION refuse_unless_anchored()
  CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

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
