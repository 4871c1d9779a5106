-- name: columns()
select name from pragma_table_info('conversations');

-- name: by_ending(ending)
select party from conversations indexed by conversations_by_ending
where substr(party, -7) = :ending order by last_at desc;
