-- name: add_event(account, kind, event_id, received_at, at, message_id, provider_key, status, word, code, reason, moved, raw, parts, price, opted_out, advice, own, digest, copy)!
insert into events (account, kind, event_id, received_at, at, message_id, provider_key, status, word, code,
  reason, moved, raw, parts, price, opted_out, advice, own, digest, copy)
values (:account, :kind, :event_id, :received_at, :at, :message_id, :provider_key, :status, :word, :code,
  :reason, :moved, :raw, :parts, :price, :opted_out, :advice, :own, :digest, :copy)
on conflict (account, kind, event_id) do nothing;

-- name: copies(account, kind, event_id, first, behind)
select * from events where account = :account and kind = :kind
  and (event_id = :event_id or (event_id > :first and event_id < :behind)) order by id;

-- name: known(account, kind, event_id)$
select count(*) from events where account = :account and kind = :kind and event_id = :event_id;

-- name: mark_copy(id, copy)!
update events set copy = :copy where id = :id;

-- name: move_events(old_id, new_id)!
update events set message_id = :new_id where message_id = :old_id;
-- name: newest_texts(conversation_id, account)
select id, body, at, provider_id from (
  select * from messages where conversation_id = :conversation_id order by id desc limit 20) newest
where direction = 'in' and account = :account;

-- name: waiting_for(account, provider_key)
select * from events where account = :account and provider_key = :provider_key
  and message_id is null and kind = 'receipt' order by id;

-- name: adopt(id, message_id, moved)!
update events set message_id = :message_id, moved = :moved where id = :id;
