-- The number is taken last in a transaction and kept until its end, so that numbers become visible in their order.
-- name: add_changes(changes)!
with given as (
  select item, place from jsonb_array_elements(cast(:changes as jsonb)) with ordinality as items (item, place)
), moved as (
  update feed set last = last + jsonb_array_length(cast(:changes as jsonb))
  returning last - jsonb_array_length(cast(:changes as jsonb)) as before
)
insert into changes (seq, subject, id, conversation_id, new)
select moved.before + given.place, item ->> 0, cast(item ->> 1 as bigint), cast(item ->> 2 as bigint),
  cast(item ->> 3 as bigint)
from given, moved;

-- In the order of their names: two transactions never wait for each other.
-- name: add_counts(counts)!
insert into counters (name, value)
select key, cast(value as bigint) from jsonb_each_text(cast(:counts as jsonb)) order by key collate "C"
on conflict (name) do update set value = counters.value + excluded.value;

-- The text is that of `MovedAway` in server_schema.py.
-- name: is_moved()$
select starts_with(application, 'smsdesk: moved ') from meta;
