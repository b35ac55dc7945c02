import { type Query, query } from "../../connection/Query.ts"

/**
 * Whether this user may read what backups have recorded, and how old what the archive of the server lacks may be,
 * in seconds: null where nothing is archived. An archive that fails lacks everything since it last took something.
 * Index: none, catalogs and one row of statistics. Lock: none.
 */
export const lookForBackups: Query = query(`
select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'holdfast_backups' and c.relname = 'latest'
    and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')) as is_recorded,
  (select case
      when current_setting('archive_mode') = 'off' then null
      when s.setting = '0' or a.last_failed_time > a.last_archived_time then archived.seconds
      else least(archived.seconds, s.setting::float8)
    end
    from pg_stat_archiver a, pg_settings s,
      extract(epoch from clock_timestamp() - a.last_archived_time) as archived(seconds)
    where s.name = 'archive_timeout')::float8 as archive_seconds`)

/** How long ago each kind of backup last ended, in seconds. Index: none, a row a kind. Lock: none. */
export const readBackups: Query = query(`
select kind, extract(epoch from clock_timestamp() - ended_at)::float8 as seconds
from holdfast_backups.latest where kind in ('full', 'incremental', 'verified', 'wal')`)
