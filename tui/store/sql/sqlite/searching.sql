-- The parts of the index that are searched one after the other, the newest first: here it is one.
-- name: text_ranges(before)
select 0 as first_id, :before as end_id;

-- name: by_words(query, ts_query, direction, account, status, since, until, here, party, label, first, before, limit)
select m.* from messages_fts f
join messages m on m.id = f.rowid
join conversations c on c.id = m.conversation_id
where messages_fts match :query and f.rowid < :before
  and (:direction = '' or m.direction = :direction)
  and (:account = '' or m.account = :account)
  and (:status = '' or m.status = :status)
  and m.at >= :since and m.at < :until
  and (:here = 0 or m.conversation_id = :here)
  and (:party = '' or c.folded like :party escape '\')
  and (:label = '' or exists (
    select 1 from conversation_labels l where l.label = :label and l.conversation_id = c.id))
order by f.rowid desc limit :limit;
