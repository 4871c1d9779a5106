-- name: add_changes(changes)!
insert into changes (subject, id, conversation_id, new)
select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]')
from json_each(:changes) order by key;

-- name: add_counts(counts)!
insert into counters (name, value)
select key, value from json_each(:counts) where true
on conflict (name) do update set value = counters.value + excluded.value;

-- The number is that of `MovedAway` in migrations.py.
-- name: is_moved()$
select application_id = 0x534D5358 from pragma_application_id;
