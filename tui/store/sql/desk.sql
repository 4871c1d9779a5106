-- name: account_states()
select a.*, (select renewed_at from leases l where l.name = a.name) as renewed_at, (select count(*) from arrivals h where h.account = a.name and h.state = 'held') as held,
  (select r.last_at from refusals r where r.account = a.name and r.refusal = 'wrong secret') as refused_at
from accounts a order by a.name;

-- A message of a dead process is not waited for: it becomes uncertain.
-- name: sending_since()
select m.account, min(m.status_at) as since
from messages m indexed by messages_claimed join processes p on p.owner = m.claimed_by
where m.status = 'sending' group by m.account;

-- name: latest_stored_time()
select max(at) as latest from (
  select max(seen_at) as at from processes union all select max(renewed_at) from leases
  union all select max(seen_at) from presence union all select max(ok_at) from accounts) stored;

-- name: account_state(name)^
select * from accounts where name = :name;

-- name: save_health(name, health, line, retry_at, ok_at, event_at, latency_ms, holder)!
insert into accounts (name, health, line, retry_at, ok_at, event_at, latency_ms, holder)
values (:name, :health, :line, :retry_at, :ok_at, :event_at, :latency_ms, :holder)
on conflict (name) do update set health = excluded.health, line = excluded.line, retry_at = excluded.retry_at,
  ok_at = coalesce(excluded.ok_at, accounts.ok_at), event_at = coalesce(excluded.event_at, accounts.event_at),
  latency_ms = excluded.latency_ms, holder = excluded.holder;

-- name: save_event(name, now)!
insert into accounts (name, event_at, ok_at, push_at) values (:name, :now, :now, :now)
on conflict (name) do update set event_at = excluded.event_at, ok_at = excluded.ok_at, push_at = excluded.push_at;

-- name: save_push(name, now)!
insert into accounts (name, push_at) values (:name, :now)
on conflict (name) do update set push_at = excluded.push_at;

-- name: save_balance(name, balance, amount, now)!
insert into accounts (name, balance, balance_amount, balance_at) values (:name, :balance, :amount, :now)
on conflict (name) do update set balance = excluded.balance, balance_amount = excluded.balance_amount,
  balance_at = excluded.balance_at;

-- name: request_retry(name, now)!
insert into accounts (name, poked_at) values (:name, :now)
on conflict (name) do update set poked_at = excluded.poked_at;

-- name: read_retry_requests()
select name, poked_at from accounts where poked_at > 0;

-- name: held_by_others(agent, since, lock_since, latest)
select conversation_id from presence where agent <> :agent and seen_at between :since and :latest
union select conversation_id from compose_locks where agent <> :agent and seen_at between :lock_since and :latest;

-- name: watched(since, latest)
-- Left to itself SQLite walks through all conversations by their account; not with a cross join.
select distinct c.account from presence p cross join conversations c
where c.id = p.conversation_id and p.seen_at between :since and :latest;

-- name: save_reply_cursor(name, cursor)!
insert into accounts (name, reply_cursor) values (:name, :cursor)
on conflict (name) do update set reply_cursor = excluded.reply_cursor;

-- name: save_receipt_cursor(name, cursor)!
insert into accounts (name, receipt_cursor) values (:name, :cursor)
on conflict (name) do update set receipt_cursor = excluded.receipt_cursor;

-- name: take_lease(name, owner, preferred, now, expires_at, latest, longest)
insert into leases (name, owner, preferred, expires_at, renewed_at) values (:name, :owner, :preferred, :expires_at, :now)
on conflict (name) do update set owner = excluded.owner, preferred = excluded.preferred, expires_at = excluded.expires_at,
  renewed_at = excluded.renewed_at
where leases.owner = excluded.owner or leases.expires_at < :now or leases.preferred < excluded.preferred
  or leases.renewed_at > :latest or leases.expires_at > :latest + :longest
returning owner;

-- name: lease(name)^
select name, owner, expires_at, renewed_at from leases where name = :name;

-- name: drop_lease(name, owner)!
delete from leases where name = :name and owner = :owner;

-- name: drop_leases(owner)!
delete from leases where owner = :owner;

-- name: holder(name, now, latest, longest)$
select owner from leases where name = :name and expires_at >= :now
  and renewed_at <= :latest and expires_at <= :latest + :longest;

-- name: save_process(owner, agent, kind, now)!
insert into processes (owner, agent, kind, seen_at) values (:owner, :agent, :kind, :now)
on conflict (owner) do update set seen_at = excluded.seen_at;

-- name: drop_process(owner)!
delete from processes where owner = :owner;

-- name: drop_presence(owner)!
delete from presence where owner = :owner;

-- name: own_presence(owner)^
select conversation_id, typing from presence where owner = :owner;

-- name: save_presence(owner, agent, conversation_id, typing, now)!
insert into presence (owner, agent, conversation_id, typing, seen_at)
values (:owner, :agent, :conversation_id, :typing, :now)
on conflict (owner) do update set conversation_id = excluded.conversation_id, typing = excluded.typing, seen_at = excluded.seen_at;

-- name: others(conversation_id, owner, since, latest)
select agent, max(typing) as typing from presence
where conversation_id = :conversation_id and owner <> :owner and seen_at between :since and :latest group by agent order by agent;

-- name: draft(conversation_id, agent)^
select * from drafts where conversation_id = :conversation_id and agent = :agent;

-- name: drafts_of(agent)
select * from drafts where agent = :agent and body <> '' order by updated_at desc;

-- name: save_draft(conversation_id, agent, body, account, sender, media, subject, send_at, cancel_on_reply, began_at, now)!
insert into drafts (conversation_id, agent, body, account, sender, media, subject, send_at, cancel_on_reply, began_at, updated_at)
values (:conversation_id, :agent, :body, :account, :sender, :media, :subject, :send_at, :cancel_on_reply, :began_at, :now)
on conflict (conversation_id, agent) do update set body = excluded.body, account = excluded.account,
  sender = excluded.sender, media = excluded.media, subject = excluded.subject, send_at = excluded.send_at,
  cancel_on_reply = excluded.cancel_on_reply, 
  began_at = case when drafts.began_at < excluded.began_at then drafts.began_at else excluded.began_at end, updated_at = excluded.updated_at;

-- name: drop_draft(conversation_id, agent)!
delete from drafts where conversation_id = :conversation_id and agent = :agent;

-- name: changes_after(seq, limit)
select * from changes where seq > :seq order by seq limit :limit;

-- name: last_change()$
select coalesce(max(seq), 0) from changes;

-- name: prune_changes(keep)!
delete from changes where seq <= (select max(seq) from changes) - :keep;
