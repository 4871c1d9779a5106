-- The plus keeps the planner from walking backwards through all messages until it finds a rare word.
-- name: by_words(query, ts_query, direction, account, status, since, until, here, party, label, before, limit)
select m.* from messages_fts f
join messages m on m.id = f.id
join conversations c on c.id = m.conversation_id
where f.terms @@ cast(:ts_query as tsquery) and f.id < :before
  and (:direction = '' or m.direction = :direction)
  and (:account = '' or m.account = :account)
  and (:status = '' or m.status = :status)
  and m.at >= :since and m.at < :until
  and (:here = 0 or m.conversation_id = :here)
  and (:party = '' or c.folded like :party escape '\')
  and (:label = '' or exists (
    select 1 from conversation_labels l where l.label = :label and l.conversation_id = c.id))
order by f.id + 0 desc limit :limit;
