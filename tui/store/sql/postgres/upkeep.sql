-- name: list_tables()
select cast(c.relname as text) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition order by 1;

-- name: measure_tables()
select cast(c.relname as text) as name, cast(sum(pg_total_relation_size(t.relid)) as bigint) as bytes
from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_partition_tree(c.oid) t
where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition group by c.relname;
