-- The parts of the index that are searched one after the other, the newest first: the last month, two months before it,
-- four before these. A common word fills the page from the first; a rare one costs little in any.
-- name: text_ranges(before)
select case when part = max(part) over () then 0 else low end as first_id,
  coalesce(lag(low) over (order by part), :before) as end_id
from (
  select floor(log(2.0, place)) as part, min(first_id) as low
  from (
    select first_id, row_number() over (order by first_id desc) as place
    from search_partitions where first_id < :before) partitions
  group by 1) parts
order by part;

-- Materialised, so that the planner uses the index of words: it would walk backwards through all messages instead.
-- name: by_words(query, ts_query, direction, account, status, since, until, here, party, label, first, before, limit)
with found as materialized (
  select id from messages_fts where terms @@ cast(:ts_query as tsquery) and id >= :first and id < :before
)
select m.* from (select id from found order by id desc) f
join messages m on m.id = f.id
join conversations c on c.id = m.conversation_id
where (:direction = '' or m.direction = :direction)
  and (:account = '' or m.account = :account)
  and (:status = '' or m.status = :status)
  and m.at >= :since and m.at < :until
  and (:here = 0 or m.conversation_id = :here)
  and (:party = '' or c.folded like :party escape '\')
  and (:label = '' or exists (
    select 1 from conversation_labels l where l.label = :label and l.conversation_id = c.id))
order by f.id desc limit :limit;
