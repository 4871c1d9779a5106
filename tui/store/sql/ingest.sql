-- name: add_event(account, kind, event_id, received_at, at, message_id, provider_key, status, word, code, reason, moved, raw, parts, price, opted_out, advice)!
insert into events (account, kind, event_id, received_at, at, message_id, provider_key, status, word, code,
  reason, moved, raw, parts, price, opted_out, advice)
values (:account, :kind, :event_id, :received_at, :at, :message_id, :provider_key, :status, :word, :code,
  :reason, :moved, :raw, :parts, :price, :opted_out, :advice)
on conflict (account, kind, event_id) do nothing;

-- name: waiting_for(account, provider_key)
select * from events where account = :account and provider_key = :provider_key
  and message_id is null and kind = 'receipt' order by id;

-- name: adopt(id, message_id, moved)!
update events set message_id = :message_id, moved = :moved where id = :id;
