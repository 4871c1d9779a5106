-- Every condition that is '' (or 0) holds for all. The newest first, by key.

-- name: by_party(direction, account, status, since, until, here, party, label, before, limit)
select m.* from conversations c
join messages m on m.conversation_id = c.id
where m.id < :before
  and (:here = 0 or c.id = :here)
  and (:party = '' or c.folded like :party escape '\')
  and (:label = '' or c.id in (select conversation_id from conversation_labels where label = :label))
  and (:direction = '' or m.direction = :direction)
  and (:account = '' or m.account = :account)
  and (:status = '' or m.status = :status)
  and m.at >= :since and m.at < :until
order by m.id desc limit :limit;

-- name: by_message(direction, account, status, since, until, before, limit)
select * from messages
where id < :before
  and (:direction = '' or direction = :direction)
  and (:account = '' or account = :account)
  and (:status = '' or status = :status)
  and at >= :since and at < :until
order by id desc limit :limit;

-- What exists, to be named when a search has found nothing.

-- name: known_accounts()
with recursive used(direction, account) as (
  values ('in', ''), ('out', '')
  union all
  -- The next account by the index: a search of the index for each, instead of all messages.
  select direction, (
    select min(m.account) from messages m indexed by messages_by_direction
    where m.direction = used.direction and m.account > used.account)
  from used where account is not null)
select name from accounts
union select account from used where account <> '' order by 1;

-- name: known_labels()
select distinct label from conversation_labels order by label;

-- name: known_party(party)
select 1 from conversations where folded like :party escape '\' limit 1;
