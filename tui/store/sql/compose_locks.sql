-- name: take(conversation_id, agent, owner, now, dead_before, latest, force)
insert into compose_locks (conversation_id, agent, owner, seen_at) values (:conversation_id, :agent, :owner, :now)
on conflict (conversation_id) do update set agent = excluded.agent, owner = excluded.owner, seen_at = excluded.seen_at
where compose_locks.owner = excluded.owner or compose_locks.agent = excluded.agent or compose_locks.seen_at < :dead_before
  or compose_locks.seen_at > :latest or :force = 1
returning owner;

-- name: holder(conversation_id)^
select agent, owner, seen_at from compose_locks where conversation_id = :conversation_id;

-- name: keep(conversation_id, owner, now)!
update compose_locks set seen_at = :now where conversation_id = :conversation_id and owner = :owner;

-- name: drop(conversation_id, owner)!
delete from compose_locks where conversation_id = :conversation_id and owner = :owner;

-- name: drop_all(owner)!
delete from compose_locks where owner = :owner;

-- The agent who writes in the conversation that is kept has the lock of both.
-- name: move(kept, gone)!
update compose_locks set conversation_id = :kept where conversation_id = :gone
  and not exists (select 1 from compose_locks taken where taken.conversation_id = :kept);

-- name: drop_left(gone)!
delete from compose_locks where conversation_id = :gone;

-- name: count_dead(dead_before, latest)$
select count(*) from compose_locks where seen_at < :dead_before or seen_at > :latest;

-- name: drop_dead(dead_before, latest)!
delete from compose_locks where seen_at < :dead_before or seen_at > :latest;
