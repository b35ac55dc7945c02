-- The schema as the tests find it in the catalogs, on every server version alike.
-- Rewritten by: UPDATE_GOLDEN=1 vitest run packages/adapter-pg/test/schema.integration.test.ts

table api_keys with (fillfactor=80)
  key_id uuid not null
  name character varying(100) not null
  hash character varying(64) collate "C" not null
  scopes text[] not null
  created_at timestamp with time zone not null
  expires_at timestamp with time zone
  revoked_at timestamp with time zone
  last_used_at timestamp with time zone

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

table key_usage
  key_id character varying(64) collate "C" not null
  encryptions bigint not null

table migrations
  id bigint not null
  name text not null
  checksum text not null
  applied_at timestamp with time zone not null default clock_timestamp()
  works_from bigint

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

constraints of api_keys
  api_keys_hash_check CHECK (((hash)::text ~ '^[0-9a-f]{64}$'::text))
  api_keys_hash_key UNIQUE (hash)
  api_keys_pkey PRIMARY KEY (key_id)
  api_keys_scopes_check CHECK ((cardinality(scopes) > 0))

constraints of audit
  audit_pkey PRIMARY KEY ("position")

constraints of audit_marks
  audit_marks_pkey PRIMARY KEY (mark, "position")

constraints of audit_private
  audit_private_pkey PRIMARY KEY (audit_id)

constraints of key_usage
  key_usage_pkey PRIMARY KEY (key_id)

constraints of migrations
  migrations_pkey PRIMARY KEY (id)

constraints of seal_anchors
  seal_anchors_log_check CHECK (((log)::text = ANY ((ARRAY['EVENTS'::character varying, 'AUDIT'::character varying])::text[])))
  seal_anchors_number_check CHECK ((number > 0))
  seal_anchors_pkey PRIMARY KEY (log, number)

constraints of seals
  seals_log_check CHECK (((log)::text = ANY ((ARRAY['EVENTS'::character varying, 'AUDIT'::character varying])::text[])))
  seals_number_check CHECK ((number > 0))
  seals_pkey PRIMARY KEY (log, number)

indexes of api_keys
  CREATE INDEX api_keys_created_at ON api_keys USING btree (created_at)
  CREATE UNIQUE INDEX api_keys_hash_key ON api_keys USING btree (hash)
  CREATE UNIQUE INDEX api_keys_pkey ON api_keys USING btree (key_id)

indexes of audit
  CREATE UNIQUE INDEX audit_pkey ON audit USING btree ("position")

indexes of audit_marks
  CREATE UNIQUE INDEX audit_marks_pkey ON audit_marks USING btree (mark, "position")

indexes of audit_private
  CREATE INDEX audit_private_key ON audit_private USING btree (key_id, audit_id)
  CREATE UNIQUE INDEX audit_private_pkey ON audit_private USING btree (audit_id)

indexes of key_usage
  CREATE UNIQUE INDEX key_usage_pkey ON key_usage USING btree (key_id)

indexes of migrations
  CREATE UNIQUE INDEX migrations_pkey ON migrations USING btree (id)

indexes of seal_anchors
  CREATE UNIQUE INDEX seal_anchors_pkey ON seal_anchors USING btree (log, number)

indexes of seals
  CREATE INDEX seals_ended_at ON seals USING btree (log, ended_at)
  CREATE UNIQUE INDEX seals_pkey ON seals USING btree (log, number)

triggers of audit
  CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_unless_anchored()
  CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of audit_marks
  CREATE TRIGGER audit_marks_append_only BEFORE DELETE OR UPDATE ON audit_marks FOR EACH ROW EXECUTE FUNCTION refuse_unless_anchored()
  CREATE TRIGGER audit_marks_no_truncate BEFORE TRUNCATE ON audit_marks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of seal_anchors
  CREATE TRIGGER seal_anchors_append_only BEFORE DELETE OR UPDATE ON seal_anchors FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER seal_anchors_no_truncate BEFORE TRUNCATE ON seal_anchors FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

triggers of seals
  CREATE TRIGGER seals_append_only BEFORE DELETE OR UPDATE ON seals FOR EACH ROW EXECUTE FUNCTION refuse_unless_anchored()
  CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

sequences
  audit_positions as bigint start 1 increment 1024 cache 1

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
