-- What the events of a page may ask for, each with one statement: lists of values are JSON.

-- An id, and the end of the range in which are also the ids of other payloads with the same id.
-- name: copies(account, kind, keys)
select json_extract(k.value, '$[0]') as given, e.id, e.account, e.kind, e.event_id, e.received_at, e.at, e.message_id,
  e.raw, e.own, e.digest, e.copy
from json_each(:keys) k
join events e on e.account = :account and e.kind = :kind
  and e.event_id >= json_extract(k.value, '$[0]') and e.event_id < json_extract(k.value, '$[1]')
order by e.id;

-- name: stored_receipts(account, keys)
select event_id from events
where account = :account and kind = 'receipt' and event_id in (select value from json_each(:keys));

-- name: parties(keys)
select k.value as given, c.* from json_each(:keys) k
join conversations c on c.id = coalesce(
  (select id from conversations where party = k.value),
  (select conversation_id from aliases where party = k.value));

-- name: conversations(keys)
select k.value as given, c.* from json_each(:keys) k
join conversations c on c.id = coalesce((select conversation_id from redirects where old_id = k.value), k.value);

-- name: endings(keys)
select k.value as given, c.party, c.last_at from json_each(:keys) k
join conversations c indexed by conversations_by_ending on substr(c.party, -7) = k.value
order by c.last_at desc;

-- name: contacts(keys)
select party, name from contacts where party in (select value from json_each(:keys));

-- name: consent(keys)
select * from consent where party in (select value from json_each(:keys));

-- An id is the millisecond and 20 random bits.
-- name: ids_of_times(keys)
select 'message' as kind, m.id from json_each(:keys) k
join messages m on m.id >= k.value and m.id < k.value + 1048576
union all
select 'conversation', c.id from json_each(:keys) k
join conversations c on c.id >= k.value and c.id < k.value + 1048576
union all
select 'conversation', r.old_id from json_each(:keys) k
join redirects r on r.old_id >= k.value and r.old_id < k.value + 1048576;

-- name: messages(keys)
select * from messages where id in (select value from json_each(:keys));

-- What a receipt changes in a message, and what decides about that.
-- name: outgoing(keys)
select id, conversation_id, direction, status, account, provider_id, contradicted, handled from messages
where id in (select value from json_each(:keys));

-- name: sent(account, keys)
select k.value as given, m.id, m.conversation_id, m.direction, m.status, m.account, m.provider_id, m.contradicted,
  m.handled
from json_each(:keys) k
join messages m on m.id in (
  select s.id from messages s where s.account = :account and s.provider_key = k.value
    and s.provider_key <> '' and s.direction = 'out' order by s.id desc limit 20)
order by m.id desc;

-- name: until_reply(keys)
select distinct conversation_id from messages indexed by messages_until_reply
where conversation_id in (select value from json_each(:keys))
  and cancel_on_reply = 1 and status in ('queued', 'scheduled');

-- name: newest_texts(keys)
select k.value as conversation_id, coalesce((
  select m.id from messages m where m.conversation_id = k.value and m.direction = 'in'
  order by m.id desc limit 1), 0) as newest
from json_each(:keys) k;

-- name: places(keys)
select json_extract(k.value, '$[0]') as conversation_id, json_extract(k.value, '$[1]') as first_id, coalesce((
  select max(m.id) from messages m
  where m.conversation_id = json_extract(k.value, '$[0]') and m.id >= json_extract(k.value, '$[1]') and m.id < json_extract(k.value, '$[1]') + 1048576), 0) as newest
from json_each(:keys) k;
