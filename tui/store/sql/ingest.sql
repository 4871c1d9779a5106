-- name: add_event(account, kind, event_id, received_at, at, message_id, provider_key, status, word, code, reason, moved, problem, raw, parts, price, opted_out, advice)!
insert into events (account, kind, event_id, received_at, at, message_id, provider_key, status, word, code,
  reason, moved, problem, raw, parts, price, opted_out, advice)
values (:account, :kind, :event_id, :received_at, :at, :message_id, :provider_key, :status, :word, :code,
  :reason, :moved, :problem, :raw, :parts, :price, :opted_out, :advice)
on conflict (account, kind, event_id) do nothing;

-- name: newest_texts(conversation_id, account)
select id, body, at, provider_id from (
  select * from messages where conversation_id = :conversation_id order by id desc limit 20)
where direction = 'in' and account = :account;

-- name: waiting_for(account, provider_key)
select * from events where account = :account and provider_key = :provider_key
  and message_id is null and kind = 'receipt' order by id;

-- name: adopt(id, message_id, moved)!
update events set message_id = :message_id, moved = :moved where id = :id;

-- name: set_aside(limit)
select * from events where problem <> '' order by id desc limit :limit;

-- name: count_aside()$
select count(*) from events where problem <> '';
