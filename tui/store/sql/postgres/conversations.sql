-- name: columns()
select column_name as name from information_schema.columns
where table_schema = current_schema() and table_name = 'conversations';

-- name: by_ending(ending)
select party from conversations where right(party, 7) = :ending order by last_at desc;
