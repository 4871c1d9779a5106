-- A server overwrites deleted rows when it vacuums.
-- name: overwrite_deleted()
select 1;

-- name: columns_with_ids()
select cast(c.table_name as text) as table_name, cast(c.column_name as text) as column_name
from information_schema.columns c join information_schema.tables t
  on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
where c.table_schema = current_schema() and c.column_name in ('conversation_id', 'message_id', 'party')
order by 1, 2;
