-- The ids are taken at the end of a transaction and kept until it ends, so that they become visible in their order.
-- name: add_events(events, at)!
with given as (
  select item, place from jsonb_array_elements(cast(:events as jsonb)) with ordinality as items (item, place)
), moved as (
  update feed set events = events + jsonb_array_length(cast(:events as jsonb))
  returning events - jsonb_array_length(cast(:events as jsonb)) as before
)
insert into journal (id, at, kind, conversation_id, message_id, agent, detail)
select moved.before + given.place, cast(:at as bigint), item ->> 0, cast(item ->> 1 as bigint), cast(item ->> 2 as bigint),
  item ->> 3, item ->> 4
from given, moved;
