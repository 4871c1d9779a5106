-- Overwrites what is deleted from now on by this connection.
-- name: overwrite_deleted()
pragma secure_delete = on;

-- name: columns_with_ids()
select s.name as table_name, i.name as column_name from sqlite_schema s join pragma_table_info(s.name) i
where s.type = 'table' and i.name in ('conversation_id', 'message_id', 'party') and s.name not like 'sqlite_%'
order by 1, 2;
