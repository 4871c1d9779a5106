-- name: get(id)^
select * from messages where id = :id;

-- name: newest(conversation_id, before, limit)
select * from messages where conversation_id = :conversation_id and id < :before
order by id desc limit :limit;

-- name: following(conversation_id, after, limit)
select * from messages where conversation_id = :conversation_id and id > :after
order by id limit :limit;

-- name: insert(id, conversation_id, direction, status, account, body, at, sender, recipient, agent, provider_id, provider_key, status_at, scheduled_at, hold_until, format, subject, media, retry_of, suspected, attachments)!
insert into messages (id, conversation_id, direction, status, account, body, at, sender, recipient, agent, provider_id,
  provider_key, status_at, scheduled_at, hold_until, format, subject, media, retry_of, suspected, attachments)
values (:id, :conversation_id, :direction, :status, :account, :body, :at, :sender, :recipient, :agent, :provider_id,
  :provider_key, :status_at, :scheduled_at, :hold_until, :format, :subject, :media, :retry_of, :suspected, :attachments);

-- name: exists(id)$
select 1 from messages where id = :id;

-- name: by_provider_key(account, provider_key)
select * from messages where account = :account and provider_key = :provider_key
  and provider_key <> '' and direction = 'out' order by id desc limit 20;

-- name: came_in_later(conversation_id, at)$
select count(*) from messages
where conversation_id = :conversation_id and direction = 'in' and at > :at;

-- name: came_in_after(conversation_id, upto)$
select count(*) from messages
where conversation_id = :conversation_id and id > :upto and direction = 'in';

-- Of the texts since the last answer the oldest; one that only asked to be left alone waits for none.
-- name: unanswered_since(conversation_id)$
select min(at) from messages m
where conversation_id = :conversation_id and direction = 'in'
  and not exists (
    select 1 from audit a
    where a.message_id = m.id and a.action = 'opted out' and a.conversation_id in (
      select :conversation_id
      union all select old_id from redirects where conversation_id = :conversation_id))
  and id > coalesce((
  select max(id) from messages
  where conversation_id = :conversation_id and direction = 'out' and status <> 'cancelled'
    and format <> 'PING'), 0);

-- name: sent_again(conversation_id, id)$
select 1 from messages where conversation_id = :conversation_id and id > :id and retry_of = :id;

-- name: move(id, status, word, code, reason, status_at, parts, price, contradicted, advice)!
update messages set status = :status, word = :word, code = :code, reason = :reason, status_at = :status_at,
  parts = case when :parts > 0 then :parts else parts end,
  price = case when :price <> '' then :price else price end,
  contradicted = :contradicted, advice = :advice
where id = :id;

-- name: mark_contradicted(id)!
update messages set contradicted = 1 where id = :id;

-- name: set_provider_id(id, provider_id, provider_key)!
update messages set provider_id = :provider_id, provider_key = :provider_key where id = :id and provider_id = '';

-- name: set_handled(id, handled)!
update messages set handled = :handled where id = :id;

-- name: trouble_of(conversation_id)
select * from messages where conversation_id = :conversation_id
  and status in ('failed', 'rejected', 'expired', 'uncertain') and handled = 0 order by id desc limit 100;

-- name: add_attachment(message_id, name, content_type, size, data)!
insert into attachments (message_id, name, content_type, size, data)
values (:message_id, :name, :content_type, :size, :data);

-- name: attachments_of(message_id)
select id, message_id, name, content_type, size from attachments where message_id = :message_id order by id;

-- name: attachment_data(id)$
select data from attachments where id = :id;

-- name: index_text(id, body)*!
insert into messages_fts (rowid, body) values (:id, :body);

-- name: search(query, before, limit)
select m.* from messages_fts f join messages m on m.id = f.rowid
where messages_fts match :query and f.rowid < :before
order by f.rowid desc limit :limit;

-- name: search_in(query, conversation_id, before, limit)
select m.* from messages_fts f join messages m on m.id = f.rowid
where messages_fts match :query and f.rowid < :before and m.conversation_id = :conversation_id
order by f.rowid desc limit :limit;

-- name: events_of(message_id)
select * from events where message_id = :message_id order by received_at, id;
